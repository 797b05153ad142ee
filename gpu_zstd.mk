# RocksDB's builds read this file when this repository is plugin/gpu_zstd in their
# tree and ROCKSDB_PLUGINS has gpu_zstd: make includes it, CMake takes the three
# lists out of it by pattern, which is why none of them is broken over lines.
# RocksDB compiles the sources into its own library. Its builds know no CUDA
# compiler: the GPU kernels are not among them, and every block goes to the CPU.
gpu_zstd_SOURCES = plugin/register.cc rocksdb_glue/compression_manager.cc rocksdb_glue/event_listener.cc rocksdb_glue/gpu_compressor.cc rocksdb_glue/options.cc rocksdb_glue/statistics.cc scheduler/counters.cc scheduler/counter_text.cc scheduler/estimates.cc scheduler/futex.cc scheduler/gpu_engine.cc scheduler/gpu_engine_device.cc scheduler/gpu_engine_life.cc scheduler/gpu_engine_thread.cc scheduler/gpu_engine_wake.cc scheduler/journal.cc scheduler/lane.cc scheduler/no_bulk_gpu.cc scheduler/no_devices.cc scheduler/no_trace.cc scheduler/router.cc scheduler/scheduler.cc scheduler/scheduler_devices.cc cpu_fallback/zstd_cpu.cc
gpu_zstd_FUNC = gpu_zstd_register
gpu_zstd_LIBS =
gpu_zstd_CXXFLAGS = -Iplugin/gpu_zstd
