// The command line, named as in sst_dump and ldb where they have the same.
#pragma once

#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

// Reads the flags with gflags; --help and --version print and end the process.
// Throws UsageError with the flag, its value and what was expected.
Command parse_command_line(int argc, char** argv);

}  // namespace gpu_zstd::recompress
