// Neighbouring values that are read or written together.
#pragma once

#include <cstdint>
#include <cstring>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

struct alignas(16) WordQuad {
  uint32_t word[4];
};

// Four values from an address that is a multiple of their size.
template <class T>
GPU_ZSTD_FN void load4(const T* from, T* to) {
#if defined(__CUDACC__)
  static_assert(sizeof(T) == 4 || sizeof(T) == 1);
  if constexpr (sizeof(T) == 4) {
    *reinterpret_cast<uint4*>(to) = *reinterpret_cast<const uint4*>(from);
  } else {
    *reinterpret_cast<uint32_t*>(to) = *reinterpret_cast<const uint32_t*>(from);
  }
#else
  std::memcpy(to, from, 4 * sizeof(T));
#endif
}

// The same the other way round.
template <class T>
GPU_ZSTD_FN void store4(const T* from, T* to) {
  load4(from, to);
}

// Four 16-bit values, the first one lowest, at a boundary of eight bytes.
GPU_ZSTD_FN uint64_t load_halves(const uint16_t* from) {
#if defined(__CUDACC__)
  const uint2 words = *reinterpret_cast<const uint2*>(from);
  return static_cast<uint64_t>(words.y) << 32 | words.x;
#else
  uint64_t four;
  std::memcpy(&four, from, sizeof(four));
  return four;
#endif
}

GPU_ZSTD_FN void store_halves(uint64_t four, uint16_t* to) {
#if defined(__CUDACC__)
  *reinterpret_cast<uint2*>(to) = make_uint2(static_cast<uint32_t>(four),
                                             static_cast<uint32_t>(four >> 32));
#else
  std::memcpy(to, &four, sizeof(four));
#endif
}

// One of them, by its number.
GPU_ZSTD_FN uint32_t half_of(uint64_t four, uint32_t k) {
  return static_cast<uint32_t>(four >> (16 * k)) & 0xFFFFu;
}

// Brings what lies there near, for a later load.
GPU_ZSTD_FN void prefetch(const void* from) {
#if defined(__CUDACC__)
  asm volatile("prefetch.global.L1 [%0];" ::"l"(from));
#else
  __builtin_prefetch(from);
#endif
}

}  // namespace gpu_zstd
