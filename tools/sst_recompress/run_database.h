// From a command with --db to a database with smaller files.
#pragma once

#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

// Prints as the command says; errors go to stderr. Ends with a check of the
// whole database unless --verify=none. Returns the exit status.
int run_database(const Command& command);

}  // namespace gpu_zstd::recompress
