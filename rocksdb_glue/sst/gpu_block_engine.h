// The GPU encoder as an engine for rewriting files.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rocksdb_glue/sst/block_engine.h"

namespace gpu_zstd {

// Null, and the reason in `why_not`, when this build has no GPU encoder, no
// device answers, or the level is not one of the encoder's. What the GPU does
// not take the CPU does: large blocks, single ones, and all of them once the
// device failed; `on_failure` is told the reason then, once, by any of the
// calling threads. It must not throw and may be empty.
std::unique_ptr<BlockEngine> make_gpu_block_engine(
    int level, std::function<void(const std::string&)> on_failure,
    std::string* why_not);

}  // namespace gpu_zstd
