# cellar_thrift(protocol_types FILES common.thrift …): C++ types from IDL, as protocol/gen/<file>_types.h in the build
# tree. The generated code is its own library: -O1, no warnings, no sanitizer (it is large, and not ours).

find_program(CELLAR_THRIFT thrift REQUIRED)

function(cellar_thrift name)
  cmake_parse_arguments(ARG "" "" "FILES" ${ARGN})
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
    add_custom_command(
      OUTPUT ${out}/${stem}_types.cpp ${out}/${stem}_types.h
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
