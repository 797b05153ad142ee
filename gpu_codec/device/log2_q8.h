// Base-2 logarithms in 1/256: the same integer on every machine.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

// Fraction bits of log2_q8() and of all costs counted with it.
inline constexpr uint32_t kQ8Shift = 8;

// log2(value) in 1/256, within 1.2 of them; value is not 0.
//
// Between powers of two, log2(1 + x) = x + x (1 - x) g(x) with g close to a
// parabola that is exact at both ends and in the middle (here in 1/4096).
GPU_ZSTD_HOST_FN uint32_t log2_q8(uint32_t value) {
  const uint32_t high = highest_bit(value);
  const uint32_t x = ((value << (31 - high)) >> 19) & 4095;
  const uint32_t g = 1813 - (1013 * x >> 12) + ((342 * x >> 12) * x >> 12);
  const uint32_t fraction = x + ((x * (4096 - x) >> 12) * g >> 12);
  return (high << kQ8Shift) + (fraction >> (12 - kQ8Shift));
}

}  // namespace gpu_zstd
