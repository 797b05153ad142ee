// XXH64 with seed 0, the content checksum of zstd frames (RFC 8878, 3.1.1, and
// the xxHash specification). Four lanes each fold every fourth 8-byte word;
// what one lane does is serial by design.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

inline constexpr uint64_t kXxhPrime1 = 0x9E3779B185EBCA87u;
inline constexpr uint64_t kXxhPrime2 = 0xC2B2AE3D27D4EB4Fu;
inline constexpr uint64_t kXxhPrime3 = 0x165667B19E3779F9u;
inline constexpr uint64_t kXxhPrime4 = 0x85EBCA77C2B2AE63u;
inline constexpr uint64_t kXxhPrime5 = 0x27D4EB2F165667C5u;
inline constexpr uint32_t kXxhLanes = 4;
inline constexpr uint32_t kXxhStripe = 32;

struct Xxh64Shared {
  uint64_t lanes[kXxhLanes];
  uint64_t hash;
};

GPU_ZSTD_FN uint64_t rotate_left(uint64_t value, uint32_t bits) {
  return value << bits | value >> (64 - bits);
}

GPU_ZSTD_FN uint64_t load_little_endian(const uint8_t* bytes, uint32_t count) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < count; ++i) {
    value |= static_cast<uint64_t>(bytes[i]) << (8 * i);
  }
  return value;
}

GPU_ZSTD_FN uint64_t xxh64_round(uint64_t lane, uint64_t input) {
  return rotate_left(lane + input * kXxhPrime2, 31) * kXxhPrime1;
}

// Folds the last bytes, fewer than a stripe, and mixes.
GPU_ZSTD_FN uint64_t xxh64_finish(uint64_t hash, const uint8_t* bytes,
                                  uint32_t count) {
  for (; count >= 8; count -= 8, bytes += 8) {
    hash ^= xxh64_round(0, load_little_endian(bytes, 8));
    hash = rotate_left(hash, 27) * kXxhPrime1 + kXxhPrime4;
  }
  if (count >= 4) {
    hash ^= load_little_endian(bytes, 4) * kXxhPrime1;
    hash = rotate_left(hash, 23) * kXxhPrime2 + kXxhPrime3;
    count -= 4;
    bytes += 4;
  }
  for (; count > 0; --count, ++bytes) {
    hash ^= *bytes * kXxhPrime5;
    hash = rotate_left(hash, 11) * kXxhPrime1;
  }
  hash = (hash ^ hash >> 33) * kXxhPrime2;
  hash = (hash ^ hash >> 29) * kXxhPrime3;
  return hash ^ hash >> 32;
}

// Folds lane `i`'s words of the stripes. Aligned contents are read in words,
// some ahead of the chain of rounds.
GPU_ZSTD_FN uint64_t xxh64_lane(const uint8_t* bytes, uint64_t stripes,
                                uint32_t i, uint64_t lane) {
  const bool aligned = (reinterpret_cast<uintptr_t>(bytes) & 7) == 0;
  const uint64_t* words = reinterpret_cast<const uint64_t*>(bytes);
  uint64_t k = 0;
  for (; aligned && k + 8 <= stripes; k += 8) {
    uint64_t ahead[8];
    GPU_ZSTD_UNROLL
    for (uint32_t w = 0; w < 8; ++w) {
      ahead[w] = words[kXxhLanes * (k + w) + i];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t w = 0; w < 8; ++w) lane = xxh64_round(lane, ahead[w]);
  }
  for (; k < stripes; ++k) {
    const uint8_t* word = bytes + k * kXxhStripe + 8 * i;
    lane = xxh64_round(lane, load_little_endian(word, 8));
  }
  return lane;
}

// s.hash becomes the hash of `n` bytes.
template <class Exec>
GPU_ZSTD_FN void xxh64(Exec& x, Xxh64Shared& s, const uint8_t* bytes,
                       uint64_t n) {
  const uint64_t stripes = n / kXxhStripe;
  x.for_each(kXxhLanes, [&](uint32_t i) {
    const uint64_t start[kXxhLanes] = {kXxhPrime1 + kXxhPrime2, kXxhPrime2, 0,
                                       0 - kXxhPrime1};
    s.lanes[i] = xxh64_lane(bytes, stripes, i, start[i]);
  });
  x.single([&] {
    uint64_t hash = kXxhPrime5;
    if (stripes > 0) {
      hash = rotate_left(s.lanes[0], 1) + rotate_left(s.lanes[1], 7) +
             rotate_left(s.lanes[2], 12) + rotate_left(s.lanes[3], 18);
      for (uint32_t i = 0; i < kXxhLanes; ++i) {
        hash = (hash ^ xxh64_round(0, s.lanes[i])) * kXxhPrime1 + kXxhPrime4;
      }
    }
    s.hash = xxh64_finish(hash + n, bytes + stripes * kXxhStripe,
                          static_cast<uint32_t>(n % kXxhStripe));
  });
}

}  // namespace gpu_zstd
