// From a command to new files, or to figures.
#pragma once

#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

// Does the files one after the other, each on all threads, and goes on after
// one that failed. Prints as the command says; errors go to stderr. Returns the
// exit status. Throws UsageError before any file is touched.
int run(const Command& command);

}  // namespace gpu_zstd::recompress
