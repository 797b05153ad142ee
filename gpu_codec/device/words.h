// Neighbouring words that are read or written together.
#pragma once

#include <cstdint>

namespace gpu_zstd {

struct alignas(16) WordQuad {
  uint32_t word[4];
};

}  // namespace gpu_zstd
