// Whether frames are right, by libzstd.
#pragma once

#include <cstddef>
#include <optional>

#include "tools/codec/encode_engine.h"

namespace gpu_zstd::tools {

// A block among first .. first + count - 1 that its frame, the one at its place
// in `frames`, does not decode to. Runs on all threads that there are.
std::optional<size_t> wrong_block(const BlockList& blocks, size_t first,
                                  size_t count, const FrameSet& frames);

}  // namespace gpu_zstd::tools
