// Makes GpuZstd known to RocksDB by name, so that options strings, OPTIONS
// files and RocksDB's tools can ask for it.
#pragma once

#include <string>

#include "rocksdb/utilities/object_registry.h"

// The hook that RocksDB's builds call (plugin/gpu_zstd.mk). Adds the factories
// of "GpuZstd" and "GpuZstdListener" to `library`; `argument` is not used.
// Returns how many factories the library has. Thread-safe, as ObjectLibrary is.
extern "C" int gpu_zstd_register(rocksdb::ObjectLibrary& library,
                                 const std::string& argument);

namespace gpu_zstd {

// The same with RocksDB's default library, once, for a program that links the
// plugin itself. Call it before the first options string is read.
void register_with_rocksdb();

}  // namespace gpu_zstd
