// The values of literals by rising count: what the lengths of their Huffman
// codes are found from.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kNoKey = 0xFFFFFFFFu;
// Limits tried: the longest that makes sense and shorter ones.
inline constexpr uint32_t kHuffmanTries = 6;
// Fraction bits of the logarithms that lengths are made of.
inline constexpr uint32_t kScaleShift = 4;
// Values that a warp works on at a time.
inline constexpr uint32_t kValueGroups = kByteValues / kWarpThreads;

// A code of limited length.
struct HuffmanTry {
  uint32_t longer[kMaxHuffmanBits + 2];  // symbols of so many bits or more
  uint32_t first_codes[kMaxHuffmanBits + 1];
  uint32_t bits;  // of all literals
  uint32_t cost;  // of literals and description, in 1/256 bit; kNoCode: none
};

struct HuffmanCodeShared {
  WordQuad keys[kByteValues / 4];        // count << 8 | value
  uint32_t sorted_counts[kByteValues];   // ascending
  uint32_t count_sums[kByteValues + 1];  // of the counts before
  uint16_t logs[kByteValues];            // of the counts
  uint8_t sorted_symbols[kByteValues];
  HuffmanTry tries[kHuffmanTries];
  uint32_t symbols;      // values that occur
  uint32_t max_symbol;   // the largest of them
  uint32_t rank_of_max;  // its place by rising count
};

// Notes how often value `v` occurs.
GPU_ZSTD_FN void set_key(HuffmanCodeShared& s, uint32_t v, uint32_t count) {
  s.keys[v / 4].word[v % 4] = count > 0 ? count << 8 | v : kNoKey;
}

// log2(count) between two powers of two as if it were straight: what matters is
// which counts are above a power of two of the scale.
GPU_ZSTD_FN uint32_t scale_log(uint32_t count) {
  const uint32_t high = highest_bit(count);
  return (high << kScaleShift) +
         ((count << (31 - high) & 0x7FFFFFFFu) >> (31 - kScaleShift));
}

struct OccurringValues {
  uint32_t eights;  // bit set: which eight neighbours have some
  uint32_t count;
  uint32_t largest;
};

template <class Exec>
GPU_ZSTD_FN OccurringValues find_values(Exec& x, const HuffmanCodeShared& s) {
  static_assert(kByteValues == 8 * kWarpThreads);
  typename Exec::template PerThread<uint32_t> count(x);
  typename Exec::template PerThread<uint32_t> largest(x);
  x.phase([&](uint32_t thread) {
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < 8; ++i) {
      const uint32_t v = 8 * thread + i;
      if (s.keys[v / 4].word[v % 4] == kNoKey) continue;
      ++count[thread];
      largest[thread] = v;
    }
  });
  return {x.ballot(count), x.sum(count), x.max(largest)};
}

// Places the occurring values of group `group` by (count, value). Called by one
// warp for each group.
template <class Exec>
GPU_ZSTD_FN void rank_symbols(Exec& x, HuffmanCodeShared& s, uint32_t group) {
  const OccurringValues found = find_values(x, s);
  constexpr uint32_t kEights = kWarpThreads / 8;  // of a group
  constexpr uint32_t kMask = (1u << kEights) - 1;
  if ((found.eights >> (group * kEights) & kMask) == 0) return;
  x.phase([&](uint32_t thread) {
    const uint32_t v = group * kWarpThreads + thread;
    const uint32_t key = s.keys[v / 4].word[v % 4];
    uint32_t belows[4] = {};  // sums that do not wait for each other
    uint32_t sums[4] = {};
    GPU_ZSTD_NO_UNROLL
    for (uint32_t g = 0; g < kValueGroups; ++g) {
      if ((found.eights >> (g * kEights) & kMask) == 0) continue;
      const uint32_t first = g * (kWarpThreads / 4);
      GPU_ZSTD_UNROLL
      for (uint32_t i = 0; i < kWarpThreads / 4; ++i) {
        const WordQuad quad = s.keys[first + i];
        GPU_ZSTD_UNROLL
        for (uint32_t w = 0; w < 4; ++w) {
          const bool less = quad.word[w] < key;
          belows[w] += less ? 1 : 0;
          sums[w] += less ? quad.word[w] >> 8 : 0;
        }
      }
    }
    if (key == kNoKey) return;
    const uint32_t below = belows[0] + belows[1] + belows[2] + belows[3];
    const uint32_t sum = sums[0] + sums[1] + sums[2] + sums[3];
    const uint32_t count = key >> 8;
    s.sorted_counts[below] = count;
    s.count_sums[below] = sum;
    s.logs[below] = static_cast<uint16_t>(scale_log(count));
    s.sorted_symbols[below] = static_cast<uint8_t>(v);
    if (v == found.largest) {
      s.symbols = found.count;
      s.max_symbol = v;
      s.rank_of_max = below;
    }
    if (below + 1 == found.count) s.count_sums[below + 1] = sum + count;
  });
}

}  // namespace gpu_zstd
