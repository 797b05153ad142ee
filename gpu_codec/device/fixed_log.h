// Binary logarithms without floating point, the same on every machine.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kLogFraction = 16;

// log2(value) * 2^16 within 0.01 * 2^16; value is not 0. Between powers of two
// log2(1 + f) is taken as f + 0.344 f (1 - f).
GPU_ZSTD_FN uint32_t log2_fixed(uint32_t value) {
  const uint32_t exponent = highest_bit(value);
  const uint32_t f = (value << (31 - exponent) << 1) >> 16;
  const uint32_t bow = (f * (65536 - f)) >> 16;
  return (exponent << kLogFraction) + f + ((bow * 22544) >> 16);
}

}  // namespace gpu_zstd
