// Memory touched four words at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// Words that are read together.
struct alignas(8) WordPair {
  uint32_t word[2];
};
struct alignas(16) WordQuad {
  uint32_t word[4];
};

// Sets `bytes` bytes, a multiple of 16, on a boundary of 16, to copies of
// `value`.
template <class Exec>
GPU_ZSTD_FN void fill_words(Exec& x, void* memory, size_t bytes,
                            uint32_t value) {
  WordQuad* quads = static_cast<WordQuad*>(memory);
  x.for_each(static_cast<uint32_t>(bytes / sizeof(WordQuad)), [&](uint32_t i) {
    quads[i] = {{value, value, value, value}};
  });
}

}  // namespace gpu_zstd
