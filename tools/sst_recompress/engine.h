// Which engine compresses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rocksdb_glue/sst/block_engine.h"

namespace gpu_zstd::recompress {

// An engine by its name: "cpu"; "gpu", or the CPU with a line on stderr why no
// GPU does it; "auto" for the GPU if there is one, else the CPU. `level` is
// one that the CPU engine takes.
std::unique_ptr<BlockEngine> make_engine(const std::string& name, int level);

// The names that --engine takes.
const std::vector<std::string>& engine_names();

}  // namespace gpu_zstd::recompress
