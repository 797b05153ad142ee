// Reading and hashing the bytes at a position.
#pragma once

#include <cstdint>
#include <cstring>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// Bytes that may be read beyond a block's data; their values do not matter.
inline constexpr uint32_t kDataPadding = 64;

// The four bytes at `data + i`, the first one lowest. `data` lies on a 4-byte
// boundary and has kDataPadding readable bytes behind it.
GPU_ZSTD_FN uint32_t read32(const uint8_t* data, uint32_t i) {
#if defined(__CUDACC__)
  const uint32_t* words = reinterpret_cast<const uint32_t*>(data) + (i >> 2);
  return __funnelshift_r(words[0], words[1], (i & 3u) * 8);
#else
  uint32_t value;
  std::memcpy(&value, data + i, sizeof(value));
  return value;
#endif
}

// Hash of the `kGram` bytes at position i, `bits` wide.
template <uint32_t kGram>
GPU_ZSTD_FN uint32_t gram_hash(const uint8_t* data, uint32_t i, uint32_t bits) {
  static_assert(kGram >= 3 && kGram <= 12);
  const uint32_t first = read32(data, i);
  if constexpr (kGram == 3) {
    return ((first << 8) * 0x9E3779B1u) >> (32 - bits);
  } else if constexpr (kGram == 4) {
    return (first * 0x9E3779B1u) >> (32 - bits);
  } else {
    uint32_t mixed = first * 0x9E3779B1u;
    if constexpr (kGram > 8) {
      mixed = ((mixed ^ (mixed >> 15)) + read32(data, i + 4)) * 0x85EBCA6Bu;
    }
    mixed =
        ((mixed ^ (mixed >> 15)) + read32(data, i + kGram - 4)) * 0xC2B2AE35u;
    return mixed >> (32 - bits);
  }
}

// Number of equal bytes at positions i and j < i, at most `limit`, which must
// not lead beyond the block.
GPU_ZSTD_FN uint32_t match_length(const uint8_t* data, uint32_t i, uint32_t j,
                                  uint32_t limit) {
  uint32_t length = 0;
  while (length < limit) {
    const uint32_t differs =
        read32(data, i + length) ^ read32(data, j + length);
    if (differs != 0) {
#if defined(__CUDA_ARCH__)
      length += (__ffs(static_cast<int>(differs)) - 1) >> 3;
#else
      length += static_cast<uint32_t>(__builtin_ctz(differs)) >> 3;
#endif
      break;
    }
    length += 4;
  }
  return length < limit ? length : limit;
}

}  // namespace gpu_zstd
