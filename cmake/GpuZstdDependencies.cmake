# Finds what the switched-on parts need. A missing one is an error that names
# the switch which does without it; libzstd there is no switch for.

# gpu_zstd_require(NAME WITHOUT arguments of find_package…): WITHOUT tells how to
# build without the package.
macro(gpu_zstd_require name without)
  find_package(${name} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "${name} ${ARGN} was not found. Install it, or build "
      "${without}.")
  endif()
endmacro()

find_package(Threads REQUIRED)
find_package(zstd 1.4.5 REQUIRED)

if(GPU_ZSTD_CUDA)
  include(CheckLanguage)
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    message(FATAL_ERROR "No CUDA compiler was found. Name one with "
      "-DCMAKE_CUDA_COMPILER=…/nvcc, let tools/setup.sh install one, or build "
      "without kernels with -DGPU_ZSTD_CUDA=OFF.")
  endif()
  set(CMAKE_CUDA_ARCHITECTURES ${GPU_ZSTD_CUDA_ARCHITECTURES})
  # The static runtime loads the driver on first use: one binary runs with and
  # without it.
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
  set(CMAKE_CUDA_STANDARD 20)
  enable_language(CUDA)
  # CMake 3.25 does not know yet how to ask nvcc for C++20.
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.4)
    message(FATAL_ERROR "nvcc ${CMAKE_CUDA_COMPILER_VERSION} is older than 12.4")
  endif()
endif()

# Headers alone, which many a CUDA toolkit lacks: without them profilers see no
# ranges, and nothing else changes.
set(GPU_ZSTD_NVTX_INCLUDE_DIR "")
if(GPU_ZSTD_NVTX)
  set(toolkit)
  if(GPU_ZSTD_CUDA)
    cmake_path(GET CMAKE_CUDA_COMPILER PARENT_PATH toolkit)
    cmake_path(GET toolkit PARENT_PATH toolkit)
  endif()
  find_path(NVTX_INCLUDE_DIR nvtx3/nvToolsExt.h HINTS "${toolkit}/include")
  mark_as_advanced(NVTX_INCLUDE_DIR)
  if(NVTX_INCLUDE_DIR)
    set(GPU_ZSTD_NVTX_INCLUDE_DIR ${NVTX_INCLUDE_DIR})
  endif()
endif()

if(GPU_ZSTD_BULK OR GPU_ZSTD_ROCKSDB OR GPU_ZSTD_TOOLS)
  gpu_zstd_require(TBB "without all that needs it: -DGPU_ZSTD_BULK=OFF \
-DGPU_ZSTD_ROCKSDB=OFF -DGPU_ZSTD_TOOLS=OFF" 2021 CONFIG)
endif()

if(GPU_ZSTD_ROCKSDB)
  # RocksDB's package looks for its own dependencies in module mode; ours was
  # found first, so that both link the same libzstd.
  find_package(RocksDB CONFIG)
  if(NOT RocksDB_FOUND OR RocksDB_VERSION VERSION_LESS 11.2)
    message(FATAL_ERROR "RocksDB >= 11.2 was not found (found: "
      "'${RocksDB_VERSION}'). Add its prefix to CMAKE_PREFIX_PATH, let "
      "tools/setup.sh build one, or build without it with -DGPU_ZSTD_ROCKSDB=OFF.")
  endif()
endif()

if(GPU_ZSTD_TOOLS)
  set(without_tools "without the command-line tools: -DGPU_ZSTD_TOOLS=OFF")
  gpu_zstd_require(gflags ${without_tools})
  gpu_zstd_require(nlohmann_json ${without_tools})
endif()

# db_bench and db_stress are in no RocksDB package: tools/setup.sh caches them as
# libraries, or they are compiled here from RocksDB's source tree.
set(GPU_ZSTD_ROCKSDB_TOOLS OFF)
if(GPU_ZSTD_TOOLS AND GPU_ZSTD_ROCKSDB)
  find_package(RocksDBTools CONFIG QUIET)
  if(RocksDBTools_FOUND)
    set(GPU_ZSTD_ROCKSDB_TOOLS ON)
  elseif(ROCKSDB_SOURCE_DIR)
    add_subdirectory(${PROJECT_SOURCE_DIR}/third_party/rocksdb_tools
      EXCLUDE_FROM_ALL)
    set(GPU_ZSTD_ROCKSDB_TOOLS ON)
  endif()
endif()

# Closed databases are changed through an internal header of RocksDB, from the
# source tree of the library's very version.
set(GPU_ZSTD_OFFLINE_DATABASE OFF)
set(GPU_ZSTD_ROCKSDB_HEADERS "${ROCKSDB_SOURCE_DIR}")
if(RocksDBTools_FOUND AND NOT ROCKSDB_SOURCE_DIR)
  get_target_property(GPU_ZSTD_ROCKSDB_HEADERS RocksDBTools::rocksdb_db_bench
    INTERFACE_INCLUDE_DIRECTORIES)
endif()
if(GPU_ZSTD_ROCKSDB AND
   EXISTS "${GPU_ZSTD_ROCKSDB_HEADERS}/db/version_util.h")
  file(STRINGS "${GPU_ZSTD_ROCKSDB_HEADERS}/include/rocksdb/version.h" version
    REGEX "#define ROCKSDB_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "[^0-9;]" "" version "${version}")
  list(JOIN version "." version)
  if(NOT version VERSION_EQUAL RocksDB_VERSION)
    message(FATAL_ERROR "${GPU_ZSTD_ROCKSDB_HEADERS} is RocksDB ${version}, the "
      "library in ${RocksDB_DIR} is ${RocksDB_VERSION}; they must be the same")
  endif()
  set(GPU_ZSTD_OFFLINE_DATABASE ON)
endif()

if(GPU_ZSTD_TESTS)
  gpu_zstd_require(GTest "without the tests: -DGPU_ZSTD_TESTS=OFF")
  include(GoogleTest)
endif()

function(gpu_zstd_print_configuration)
  message(STATUS "gpu_zstd ${PROJECT_VERSION} (${CMAKE_BUILD_TYPE})")
  message(STATUS "  zstd       ${zstd_VERSION} (${ZSTD_LIBRARIES})")
  if(GPU_ZSTD_CUDA)
    message(STATUS "  CUDA       ${CMAKE_CUDA_COMPILER_VERSION}, architectures "
      "${GPU_ZSTD_CUDA_ARCHITECTURES}")
  else()
    message(STATUS "  CUDA       off: host model and CPU engine only")
  endif()
  if(GPU_ZSTD_NVTX_INCLUDE_DIR)
    message(STATUS "  NVTX       ${GPU_ZSTD_NVTX_INCLUDE_DIR}")
  elseif(GPU_ZSTD_NVTX)
    message(STATUS "  NVTX       off, no ranges for profilers: "
      "nvtx3/nvToolsExt.h was not found")
  else()
    message(STATUS "  NVTX       off")
  endif()
  if(GPU_ZSTD_ROCKSDB)
    message(STATUS "  RocksDB    ${RocksDB_VERSION} (${RocksDB_DIR})")
    if(GPU_ZSTD_TOOLS AND NOT GPU_ZSTD_ROCKSDB_TOOLS)
      message(STATUS "  db_bench and db_stress are off: they need RocksDB's "
        "source tree, -DROCKSDB_SOURCE_DIR=…")
    endif()
    if(NOT GPU_ZSTD_OFFLINE_DATABASE)
      message(STATUS "  closed databases (sst_recompress --db) are off: they "
        "need RocksDB's source tree, -DROCKSDB_SOURCE_DIR=…")
    endif()
  else()
    message(STATUS "  RocksDB    off")
  endif()
  if(TBB_FOUND)
    message(STATUS "  oneTBB     ${TBB_VERSION} (${TBB_DIR})")
  endif()
  if(NOT GPU_ZSTD_BULK)
    message(STATUS "  bulk CPU library and zstd_parallel are off")
  endif()
  message(STATUS "  tools      ${GPU_ZSTD_TOOLS}, tests ${GPU_ZSTD_TESTS}, "
    "sanitizer '${GPU_ZSTD_SANITIZE}'")
endfunction()
