// The sides of the comparison, as RocksDB options.
#pragma once

#include <string>

#include "rocksdb/options.h"
#include "tools/compare/cell.h"

namespace gpu_zstd::compare {

// Makes `options` compress as the cell says, by the given side. All else is
// left as it is, so that the sides differ in the compression manager only.
// `gpu_zstd_options` is an options string without id and may be empty.
rocksdb::Status set_compression(Variant variant, const Cell& cell,
                                const std::string& gpu_zstd_options,
                                rocksdb::Options* options);

// Opens the GPUs as the first file of a database would and waits for them, so
// that no run is measured while a driver loads: that happens once in a process
// and is no cost of a file. Returns describe_engines().
std::string open_devices(const std::string& gpu_zstd_options);

// The engines in a few words, with what each device has done so far.
std::string describe_engines();

// What set_compression would say of an options string.
rocksdb::Status check_manager_options(const std::string& gpu_zstd_options);

// Whether an SST file's "compression_options" property names the manager that
// the side should have used.
bool made_by(Variant variant, const std::string& compression_options);

}  // namespace gpu_zstd::compare
