# Libraries from the distribution, each under one target name, so that no folder looks for them itself.

find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Snappy REQUIRED)
find_package(ZLIB REQUIRED)
find_package(zstd REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)

foreach(entry "lz4=liblz4" "xxhash=libxxhash" "re2=re2" "isal=libisal" "edit=libedit" "thrift=thrift" "jemalloc=jemalloc")
  string(REPLACE "=" ";" pair ${entry})
  list(GET pair 0 short)
  list(GET pair 1 package)
  pkg_check_modules(${short} REQUIRED IMPORTED_TARGET ${package})
  add_library(lib::${short} ALIAS PkgConfig::${short})
endforeach()

# Neither pkg-config nor CMake knows this one.
find_library(ZOOKEEPER_LIBRARY zookeeper_mt REQUIRED)
add_library(zookeeper INTERFACE)
target_link_libraries(zookeeper INTERFACE ${ZOOKEEPER_LIBRARY})
target_compile_definitions(zookeeper INTERFACE THREADED)
add_library(lib::zookeeper ALIAS zookeeper)

# malloc of the executables. The sanitizers bring their own.
add_library(allocator INTERFACE)
if(NOT CELLAR_SANITIZE)
  target_link_libraries(allocator INTERFACE lib::jemalloc)
endif()
add_library(lib::allocator ALIAS allocator)
