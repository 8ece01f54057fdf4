# Language level, warnings, sanitizers and the linker, for every target of the project.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR "Cellar is built with clang 16 or newer: configure with a preset (cmake --preset dev). "
                      "g++ 12 miscompiles ordinary co_await code, see docs/decisions.")
endif()

set(CELLAR_SANITIZE "" CACHE STRING "Sanitizers: empty, address,undefined or thread")

add_compile_options(
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Wthread-safety
  -Wno-missing-field-initializers
  -fno-omit-frame-pointer -pthread
  $<$<COMPILE_LANGUAGE:CXX>:-fcolor-diagnostics>)
add_link_options(-fuse-ld=mold)

if(CELLAR_SANITIZE)
  # -fno-sanitize=function: libstdc++'s coroutine frames and clang 16 disagree about it.
  add_compile_options(-fsanitize=${CELLAR_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CELLAR_SANITIZE})
  if(CELLAR_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=function,vptr)
  endif()
endif()

option(CELLAR_COVERAGE "Source-based coverage (llvm-cov)" OFF)
if(CELLAR_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

find_program(CELLAR_CCACHE ccache)
if(CELLAR_CCACHE)
  # Results are shared between clones: paths are relative to the clone, and a precompiled header counts by the digest
  # beside it (CellarTargets.cmake).
  set(CMAKE_C_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 ${CELLAR_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()
