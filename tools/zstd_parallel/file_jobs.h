// Compresses, decompresses or tests the files of a command line.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "cpu_fallback/bulk/bulk_codec.h"
#include "tools/zstd_parallel/arguments.h"

namespace gpu_zstd {

// The limits of the machine with the environment's and the flags' wishes.
// kBadOption names a variable that cannot be read.
BulkStatus limits_from(const Arguments& arguments, BulkLimits* limits);

// FILE.zst for FILE; FILE for FILE.zst, FILE.tar for FILE.tzst. Nothing when
// a file to decompress has neither ending.
std::optional<std::string> output_name(Mode mode, const std::string& input);

// Runs every file and reports on standard error. The number of files that went
// wrong. `cancel` ends the file in hand and those after it.
int run_files(const Arguments& arguments, BulkCodec& codec,
              const std::atomic<bool>& cancel);

}  // namespace gpu_zstd
