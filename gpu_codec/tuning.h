// Numbers that change only speed. Frames are the same whatever they are; what
// changes bytes is in params.h.
#pragma once

#include <cstdint>

namespace gpu_zstd {

// Threads of a CTA that encodes one block.
inline constexpr uint32_t kEncodeThreads = 512;

// Threads of a CTA of the histogram stage, and its copies of the counts.
inline constexpr uint32_t kHistogramThreads = 256;
inline constexpr uint32_t kHistogramCopies = 4;

}  // namespace gpu_zstd
