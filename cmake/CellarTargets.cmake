# The four kinds of target. Sources are listed by name, deps are link libraries.
#
#   cellar_library(common_base SOURCES status.cc DEPS fmt::fmt)
#   cellar_test(common_base_test SOURCES status_test.cc DEPS common_base)
#   cellar_bench(cellcache_bench SOURCES cellcache_bench.cc DEPS range_engine)
#   cellar_fuzz(hql_fuzz SOURCES parser_fuzz.cc DEPS hql ATTACKS hql/parser)     (built by the preset fuzz only)

find_package(Threads REQUIRED)
find_package(GTest CONFIG REQUIRED)

option(CELLAR_FUZZ "Build the libFuzzer targets" OFF)
add_custom_target(fuzzers)
if(CELLAR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

function(cellar_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# GoogleTest's headers, compiled once: 0.9 s instead of 2.3 s for a typical test file. The compiler cache does not see
# this step (a precompiled header names files of its own clone); it takes the digest beside the result for its contents,
# so that what the tests compile to is shared between clones.
if(NOT EXISTS ${PROJECT_BINARY_DIR}/generated/test_headers.cc)
  file(WRITE ${PROJECT_BINARY_DIR}/generated/test_headers.cc "int main() { return 0; }\n")
endif()
add_executable(cellar_test_headers ${PROJECT_BINARY_DIR}/generated/test_headers.cc)
target_precompile_headers(cellar_test_headers PRIVATE <gtest/gtest.h>)
target_link_libraries(cellar_test_headers PRIVATE GTest::gtest)
# Some libraries (RE2) bring -pthread and some do not; a precompiled header must be told the same as its users.
target_compile_options(cellar_test_headers PRIVATE -pthread)
set_target_properties(cellar_test_headers PROPERTIES CXX_COMPILER_LAUNCHER "")
string(SHA256 cellar_test_headers_digest "pthread ${CMAKE_CXX_COMPILER_VERSION} ${GTest_VERSION} ${CMAKE_BUILD_TYPE} ${CELLAR_SANITIZE}")
set(cellar_test_headers_file ${PROJECT_BINARY_DIR}/CMakeFiles/cellar_test_headers.dir/cmake_pch.hxx.pch)
file(WRITE ${cellar_test_headers_file}.sum ${cellar_test_headers_digest})

# Everything that ./dev test runs under the address sanitizer as well: the tests whose sources hold a coroutine.
add_custom_target(coroutine_tests)

# One binary a folder, one ctest entry a binary. LABELS long keeps a test out of ./dev test.
function(cellar_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS;ARGS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main Threads::Threads)
  # Not by REUSE_FROM: that hides the path behind -Xclang, where the compiler cache does not make it relative.
  target_compile_options(${name} PRIVATE -pthread "SHELL:-include-pch ${cellar_test_headers_file}")
  set_source_files_properties(${ARG_SOURCES} PROPERTIES OBJECT_DEPENDS ${cellar_test_headers_file})
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} coroutine_lines REGEX "co_await|co_return|Task<")
    if(coroutine_lines AND NOT "coroutine" IN_LIST ARG_LABELS)
      list(APPEND ARG_LABELS coroutine)
      add_dependencies(coroutine_tests ${name})
    endif()
  endforeach()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

function(cellar_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} benchmark::benchmark Threads::Threads)
endfunction()

# ATTACKS names the sources whose line coverage ./dev fuzz reports: paths from the root, a file or a folder.
function(cellar_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;ATTACKS" ${ARGN})
  if(CELLAR_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_DEPS} Threads::Threads)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers ${name})
    string(REPLACE ";" " " attacks "${ARG_ATTACKS}")
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/fuzzers/${name} CONTENT "$<TARGET_FILE:${name}> ${attacks}\n")
  endif()
endfunction()
