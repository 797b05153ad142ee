# `cmake --install`: the libraries, the headers that their users include, and a
# package for find_package(gpu_zstd CONFIG).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gpu_zstd)
set(header_dir ${CMAKE_INSTALL_INCLUDEDIR}/gpu_zstd)

set(installed_targets
  gpu_zstd_codec gpu_zstd_codec_model gpu_zstd_cpu gpu_zstd_scheduler)
set(installed_headers
  cpu_fallback/zstd_cpu.h
  scheduler/bulk_gpu.h
  scheduler/counter_text.h
  scheduler/counters.h
  scheduler/estimates.h
  scheduler/journal.h
  scheduler/router.h
  scheduler/scheduler.h
  scheduler/types.h)
if(GPU_ZSTD_CUDA)
  list(APPEND installed_headers
    gpu_codec/gpu_codec.h
    gpu_codec/status.h)
endif()
if(GPU_ZSTD_BULK)
  list(APPEND installed_targets gpu_zstd_cpu_bulk)
  list(APPEND installed_headers
    cpu_fallback/bulk/bulk_codec.h
    cpu_fallback/bulk/byte_stream.h
    cpu_fallback/bulk/file_streaming.h
    cpu_fallback/bulk/limits.h
    cpu_fallback/bulk/machine.h
    cpu_fallback/bulk/types.h)
endif()
if(GPU_ZSTD_ROCKSDB)
  list(APPEND installed_targets gpu_zstd_glue gpu_zstd_internal_manifest
    gpu_zstd_offline gpu_zstd_plugin gpu_zstd_sst)
  list(APPEND installed_headers
    plugin/register.h
    rocksdb_glue/compression_manager.h
    rocksdb_glue/event_listener.h
    rocksdb_glue/options.h
    rocksdb_glue/statistics.h)
  # The offline libraries: SST files and closed databases.
  list(APPEND installed_headers
    rocksdb_glue/offline/closed_database.h
    rocksdb_glue/offline/recompress_database.h
    rocksdb_glue/offline/rocksdb_internal_manifest.h
    rocksdb_glue/sst/block_engine.h
    rocksdb_glue/sst/block_store.h
    rocksdb_glue/sst/coding.h
    rocksdb_glue/sst/entry_block.h
    rocksdb_glue/sst/footer.h
    rocksdb_glue/sst/gpu_block_engine.h
    rocksdb_glue/sst/identity.h
    rocksdb_glue/sst/measure.h
    rocksdb_glue/sst/properties.h
    rocksdb_glue/sst/rewrite.h)
endif()

install(TARGETS ${installed_targets} EXPORT gpu_zstdTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${header_dir})
install(EXPORT gpu_zstdTargets NAMESPACE gpu_zstd:: DESTINATION ${package_dir})
foreach(header IN LISTS installed_headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${header_dir}/${folder})
endforeach()

string(TOUPPER "${CMAKE_BUILD_TYPE}" CONFIG_UPPER)
if(GPU_ZSTD_CUDA)
  cmake_path(GET CMAKE_CUDA_COMPILER PARENT_PATH CUDAToolkit_ROOT_HINT)
  cmake_path(GET CUDAToolkit_ROOT_HINT PARENT_PATH CUDAToolkit_ROOT_HINT)
endif()
configure_package_config_file(cmake/gpu_zstdConfig.cmake.in
  ${PROJECT_BINARY_DIR}/gpu_zstdConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/gpu_zstdConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/gpu_zstdConfig.cmake
  ${PROJECT_BINARY_DIR}/gpu_zstdConfigVersion.cmake
  cmake/Findzstd.cmake
  DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# gpu_zstd.mk lists the plugin's sources for RocksDB's builds: the same ones.
function(gpu_zstd_check_mk)
  file(STRINGS gpu_zstd.mk listed REGEX "^gpu_zstd_SOURCES = ")
  string(REGEX REPLACE "^gpu_zstd_SOURCES = " "" listed "${listed}")
  separate_arguments(listed)
  set(built)
  foreach(target IN ITEMS gpu_zstd_plugin gpu_zstd_glue gpu_zstd_scheduler
      gpu_zstd_cpu)
    get_target_property(folder ${target} SOURCE_DIR)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
      if(source MATCHES "[.]cc$")
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder})
        cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
        list(APPEND built ${source})
      endif()
    endforeach()
  endforeach()
  list(SORT listed)
  list(SORT built)
  # RocksDB's builds compile no kernels: there, no device is to be had.
  # Nor do they look for profilers' headers.
  list(TRANSFORM built REPLACE "/bulk_gpu[.]cc$" "/no_bulk_gpu.cc")
  list(TRANSFORM built REPLACE "/cuda_device[.]cc$" "/no_devices.cc")
  list(TRANSFORM built REPLACE "/nvtx_trace[.]cc$" "/no_trace.cc")
  list(SORT built)
  if(NOT listed STREQUAL built)
    message(FATAL_ERROR "gpu_zstd.mk lists other sources than CMake builds:\n"
      "  gpu_zstd.mk: ${listed}\n  CMake:       ${built}")
  endif()
endfunction()
if(GPU_ZSTD_ROCKSDB)
  gpu_zstd_check_mk()
endif()
