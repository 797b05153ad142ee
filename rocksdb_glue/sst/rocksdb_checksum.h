// RocksDB's built-in checksums, taken from the linked library: they are its
// tuned ones, and the library is there in any case.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rocksdb/table.h"

// Declared here because table/format.h, which declares them, is not installed.
// A library without them does not link, and checksum values are held by tests.
namespace ROCKSDB_NAMESPACE {

// 32-bit checksum of `size` bytes; 0 for kNoChecksum. Thread-safe.
uint32_t ComputeBuiltinChecksum(ChecksumType type, const char* data,
                                size_t size);

// Of `size` bytes and one byte more that need not follow them in memory.
uint32_t ComputeBuiltinChecksumWithLastByte(ChecksumType type, const char* data,
                                            size_t size, char last_byte);

}  // namespace ROCKSDB_NAMESPACE
