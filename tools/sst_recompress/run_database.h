// From a command with --db to databases with smaller files.
#pragma once

#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

// Does this shard's databases one after the other, or with --measure says what
// their files would become. Each ends with a check of the whole database, of
// its files' sizes alone with --verify=none, and of nothing with --dry_run.
// Goes on after one that failed. Prints as the command says; errors go to
// stderr. Returns the exit status.
int run_databases(const Command& command);

}  // namespace gpu_zstd::recompress
