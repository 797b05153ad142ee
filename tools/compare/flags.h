// The command line of compare_compression.
#pragma once

#include "tools/compare/options.h"

namespace gpu_zstd::compare {

// Reads flags and paths and checks them. Throws a usage error; --help and
// --version print and end the process with status 0, an unknown flag with
// gflags' message and status 1.
CompareOptions parse_command_line(int argc, char** argv);

}  // namespace gpu_zstd::compare
