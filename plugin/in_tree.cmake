# Our part in RocksDB's own build (ROCKSDB_PLUGINS=gpu_zstd): RocksDB takes the
# sources from gpu_zstd.mk and asks this folder only for the include path.
if(NOT WITH_ZSTD)
  message(FATAL_ERROR "gpu_zstd: RocksDB must be built with -DWITH_ZSTD=ON")
endif()
if(rocksdb_VERSION VERSION_LESS 11.2)
  message(FATAL_ERROR "gpu_zstd: RocksDB ${rocksdb_VERSION} is older than 11.2")
endif()
set(gpu_zstd_INCLUDE_PATHS ${CMAKE_CURRENT_SOURCE_DIR} PARENT_SCOPE)

# In a unity build our files' private names would meet RocksDB's.
file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/gpu_zstd.mk sources
  REGEX "^gpu_zstd_SOURCES = ")
string(REGEX REPLACE "^gpu_zstd_SOURCES = " "" sources "${sources}")
separate_arguments(sources)
foreach(source IN LISTS sources)
  set_source_files_properties(
    ${CMAKE_SOURCE_DIR}/plugin/gpu_zstd//${source}
    ${CMAKE_SOURCE_DIR}/plugin/gpu_zstd/${source}
    DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endforeach()
