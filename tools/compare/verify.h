// The proof that a database can be read without the plugin.
#pragma once

#include <cstdint>
#include <string>

#include "tools/compare/cell.h"
#include "tools/compare/dataset.h"

namespace gpu_zstd::compare {

// Opens the closed database with RocksDB's default options, which know nothing
// of GpuZstd; looks up in the table properties that every file was made by
// `variant`; reads all keys in order and compares them and their values with
// the dataset, byte for byte; has RocksDB verify all block checksums. Returns
// the number of keys.
//
// Throws a CompareError that says what differs.
uint64_t verify_database(const std::string& path, const Dataset& dataset,
                         Variant variant);

}  // namespace gpu_zstd::compare
