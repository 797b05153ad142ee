// The GPU encoder as an engine for whole batches of blocks.
#pragma once

#include <memory>
#include <string>

#include "rocksdb_glue/sst/block_engine.h"

namespace gpu_zstd::recompress {

// Null, and the reason in `why_not`, when this build has no GPU encoder, no
// device answers, or the level is not one of the encoder's. A device that fails
// later is not asked again: the CPU does its blocks from then on, and a line on
// stderr says so.
std::unique_ptr<BlockEngine> make_gpu_engine(int level, std::string* why_not);

}  // namespace gpu_zstd::recompress
