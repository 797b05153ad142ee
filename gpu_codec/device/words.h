// Neighbouring words that are read together.
#pragma once

#include <cstdint>

namespace gpu_zstd {

struct alignas(8) WordPair {
  uint32_t word[2];
};
struct alignas(16) WordQuad {
  uint32_t word[4];
};

}  // namespace gpu_zstd
