# cellar_thrift(protocol_types FILES common.thrift … [SERVICES file.Name …]): C++ types from IDL, as
# protocol/gen/<file>_types.h in the build tree; of the services that are named with their file, client and processor
# too, as protocol/gen/<Name>.h. The generated code is its own library: -O1, no warnings, no sanitizer (it is large, and
# not ours).

find_program(CELLAR_THRIFT thrift REQUIRED)

function(cellar_thrift name)
  cmake_parse_arguments(ARG "" "" "FILES;SERVICES" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(root ${PROJECT_BINARY_DIR}/generated)
  set(out ${root}/${folder}/gen)
  file(MAKE_DIRECTORY ${out})
  set(sources "")
  set(inputs "")
  foreach(file ${ARG_FILES})
    list(APPEND inputs ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  foreach(file ${ARG_FILES})
    get_filename_component(stem ${file} NAME_WE)
    set(outputs ${out}/${stem}_types.cpp ${out}/${stem}_types.h)
    foreach(service ${ARG_SERVICES})
      if(service MATCHES "^${stem}\\.(.*)$")
        list(APPEND outputs ${out}/${CMAKE_MATCH_1}.cpp ${out}/${CMAKE_MATCH_1}.h)
        list(APPEND sources ${out}/${CMAKE_MATCH_1}.cpp)
      endif()
    endforeach()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${CELLAR_THRIFT} --gen cpp:no_skeleton,moveable_types -out ${out} ${CMAKE_CURRENT_SOURCE_DIR}/${file}
      DEPENDS ${inputs}
      COMMENT "Thrift types of ${folder}/${file}")
    list(APPEND sources ${out}/${stem}_types.cpp)
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${root})
  target_link_libraries(${name} PUBLIC lib::thrift)
  target_compile_options(${name} PRIVATE -O1 -w -fno-sanitize=all)
endfunction()
