// Counting and finding the set bits of words: the same on both sides.
#pragma once

#include <bit>
#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

GPU_ZSTD_HOST_FN uint32_t count_ones(uint32_t word) {
#if defined(__CUDA_ARCH__)
  return static_cast<uint32_t>(__popc(word));
#else
  return static_cast<uint32_t>(std::popcount(word));
#endif
}

// Set bits of `mask` below bit `bit` (0 .. 63).
GPU_ZSTD_HOST_FN uint32_t ones_below(uint64_t mask, uint32_t bit) {
  const uint64_t below = mask & ((uint64_t{1} << bit) - 1);
  return count_ones(static_cast<uint32_t>(below)) +
         count_ones(static_cast<uint32_t>(below >> 32));
}

// Index of the lowest set bit; word is not 0.
GPU_ZSTD_HOST_FN uint32_t lowest_bit(uint32_t word) {
#if defined(__CUDA_ARCH__)
  return static_cast<uint32_t>(__ffs(static_cast<int>(word)) - 1);
#else
  return static_cast<uint32_t>(std::countr_zero(word));
#endif
}
GPU_ZSTD_HOST_FN uint32_t lowest_bit64(uint64_t word) {
#if defined(__CUDA_ARCH__)
  return static_cast<uint32_t>(__ffsll(static_cast<long long>(word))) - 1;
#else
  return static_cast<uint32_t>(std::countr_zero(word));
#endif
}

// Zero bits below the lowest set one; 32 if none is set.
GPU_ZSTD_HOST_FN uint32_t trailing_zeros(uint32_t word) {
#if defined(__CUDA_ARCH__)
  return static_cast<uint32_t>(__clz(static_cast<int>(__brev(word))));
#else
  return static_cast<uint32_t>(std::countr_zero(word));
#endif
}

}  // namespace gpu_zstd
