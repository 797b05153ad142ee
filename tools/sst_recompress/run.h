// From a command to new files, or to figures.
#pragma once

#include <vector>

#include "tools/sst_recompress/command.h"
#include "tools/sst_recompress/file_list.h"

namespace gpu_zstd::recompress {

// Rewrites, or measures, the files and goes on after one that failed. Prints as
// the command says; errors go to stderr. Returns the exit status. Throws
// UsageError before any file is touched.
int run(const Command& command, const std::vector<FilePair>& files);

}  // namespace gpu_zstd::recompress
