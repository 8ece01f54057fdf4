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

# Headers of others, compiled once for all that may use them: a third to a half of the time of most files. The compiler
# cache does not see this step (a precompiled header names files of its own clone); it takes the digest beside the result
# for its contents, so that what is compiled with it is shared between clones. Not by REUSE_FROM: that hides the path
# behind -Xclang, where the compiler cache does not make it relative.
#
#   cellar_precompile(cellar_test_headers EXECUTABLE HEADERS <gtest/gtest.h> DEPS GTest::gtest OPTIONS -O0)
#   cellar_use_precompiled(common_base_test cellar_test_headers status_test.cc)
function(cellar_precompile name kind)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS;OPTIONS" ${ARGN})
  set(source ${PROJECT_BINARY_DIR}/generated/${name}.cc)
  if(NOT EXISTS ${source})
    file(WRITE ${source} "int main() { return 0; }\n")
  endif()
  if(kind STREQUAL EXECUTABLE)
    add_executable(${name} ${source})
  else()
    add_library(${name} OBJECT ${source})
  endif()
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER "")
  get_directory_property(options COMPILE_OPTIONS)
  string(SHA256 digest "${ARG_HEADERS} ${ARG_OPTIONS} ${options} ${CMAKE_CXX_COMPILER_VERSION} ${GTest_VERSION} ${fmt_VERSION} ${CMAKE_BUILD_TYPE}")
  set(file ${PROJECT_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx.pch)
  file(WRITE ${file}.sum ${digest})
  set(${name}_file ${file} PARENT_SCOPE)
endfunction()

function(cellar_use_precompiled target headers)
  target_compile_options(${target} PRIVATE "SHELL:-include-pch ${${headers}_file}")
  set_source_files_properties(${ARGN} PROPERTIES OBJECT_DEPENDS ${${headers}_file})
endfunction()

set(cellar_common_headers
  <algorithm> <array> <atomic> <bit> <charconv> <chrono> <compare> <condition_variable> <coroutine> <cstdint> <cstdio>
  <cstdlib> <cstring> <deque> <functional> <iterator> <limits> <list> <map> <memory> <mutex> <optional> <ostream> <set>
  <span> <sstream> <string> <string_view> <tuple> <type_traits> <unordered_map> <utility> <variant> <vector>
  <fmt/format.h>)

# In the release kind a test's own sources are not optimised, which halves their part of a clean build; the libraries that
# they test are. Elsewhere, where most tests run, the time that they take counts for more.
if(CMAKE_BUILD_TYPE STREQUAL Release)
  set(cellar_test_options -O0)
endif()

cellar_precompile(cellar_library_headers LIBRARY HEADERS ${cellar_common_headers} DEPS fmt::fmt)
cellar_precompile(cellar_test_headers EXECUTABLE
  HEADERS ${cellar_common_headers} <gtest/gtest.h> <gmock/gmock.h> DEPS fmt::fmt GTest::gmock
  OPTIONS ${cellar_test_options})

function(cellar_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
    cellar_use_precompiled(${name} cellar_library_headers ${ARG_SOURCES})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# Everything that ./dev test runs under the address sanitizer as well: the tests whose sources hold a coroutine.
add_custom_target(coroutine_tests)

# After so many seconds a test is stopped; sanitizers make everything slower.
function(cellar_test_timeout name seconds)
  if(CELLAR_SANITIZE)
    math(EXPR seconds "5 * ${seconds}")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds})
endfunction()

# One binary a folder, one ctest entry a binary. LABELS long keeps a test out of ./dev test.
function(cellar_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS;ARGS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main Threads::Threads)
  target_compile_options(${name} PRIVATE ${cellar_test_options})
  cellar_use_precompiled(${name} cellar_test_headers ${ARG_SOURCES})
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} coroutine_lines REGEX "co_await|co_return|Task<")
    if(coroutine_lines AND NOT "coroutine" IN_LIST ARG_LABELS)
      list(APPEND ARG_LABELS coroutine)
      add_dependencies(coroutine_tests ${name})
    endif()
  endforeach()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  cellar_test_timeout(${name} ${ARG_TIMEOUT})
endfunction()

function(cellar_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} benchmark::benchmark Threads::Threads)
  if(CELLAR_SANITIZE)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)  # their figures would say nothing
  endif()
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
