// The values of literals by rising count: what the lengths of their Huffman
// codes are found from.
//
// A group of 32 values is sorted by comparing each with all, by a warp. What is
// below a value in the other groups a binary search in each tells.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

inline constexpr uint32_t kNoKey = 0xFFFFFFFFu;
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
  // count << 8 | value; then each group's in rising order, those of values that
  // do not occur last.
  alignas(16) uint32_t keys[kByteValues];
  uint32_t occurring[kValueGroups];      // bit sets of values
  uint32_t sorted_counts[kByteValues];   // ascending
  uint32_t count_sums[kByteValues + 1];  // of the counts before
  uint16_t logs[kByteValues];            // of the counts
  uint8_t sorted_symbols[kByteValues];
  HuffmanTry tries[kMaxHuffmanLimits];
  uint32_t symbols;      // values that occur
  uint32_t max_symbol;   // the largest of them
  uint32_t rank_of_max;  // its place by rising count
};

// Logarithms that counts can have, where two values occur.
inline constexpr uint32_t kScaleLogs = 17 << kScaleShift;
static_assert(kMaxBlockBytes == 1u << 17);

// Scratch, in the order of its use.
union HuffmanScratch {
  uint32_t sums[kByteValues];  // of a group's counts, up to each place
  uint16_t up_to[kScaleLogs];  // counts that have so small a logarithm
};

// Notes how often value `v` occurs.
GPU_ZSTD_FN void set_key(HuffmanCodeShared& s, uint32_t v, uint32_t count) {
  s.keys[v] = count > 0 ? count << 8 | v : kNoKey;
}

// log2(count) between two powers of two as if it were straight: what matters is
// which counts are above a power of two of the scale.
GPU_ZSTD_FN uint32_t scale_log(uint32_t count) {
  const uint32_t high = highest_bit(count);
  return (high << kScaleShift) +
         ((count << (31 - high) & 0x7FFFFFFFu) >> (31 - kScaleShift));
}

// Sorts the keys of group `group` and sums their counts. Called by one warp.
template <class Exec>
GPU_ZSTD_FN void sort_group(Exec& x, HuffmanCodeShared& s, uint32_t* sums,
                            uint32_t group) {
  static_assert(Exec::kThreads == kWarpThreads);
  uint32_t* keys = s.keys + group * kWarpThreads;
  typename Exec::template PerThread<uint32_t> key(x);
  typename Exec::template PerThread<uint32_t> below(x);
  typename Exec::template PerThread<uint32_t> occurs(x);
  typename Exec::template PerThread<uint32_t> sum(x);
  x.phase([&](uint32_t thread) {
    const WordQuad* quads = reinterpret_cast<const WordQuad*>(keys);
    key[thread] = keys[thread];
    occurs[thread] = key[thread] != kNoKey ? 1 : 0;
    GPU_ZSTD_UNROLL
    for (uint32_t q = 0; q < kWarpThreads / 4; ++q) {
      const WordQuad quad = quads[q];
      GPU_ZSTD_UNROLL
      for (uint32_t w = 0; w < 4; ++w) {
        below[thread] += quad.word[w] < key[thread] ? 1 : 0;
      }
    }
  });
  const uint32_t values = x.ballot(occurs);
  x.phase([&](uint32_t thread) {
    if (thread == 0) s.occurring[group] = values;
    // Those that do not occur are equal.
    const uint32_t equal = count_ones(~values & ((1u << thread) - 1));
    keys[below[thread] + (occurs[thread] != 0 ? 0 : equal)] = key[thread];
  });
  x.phase([&](uint32_t thread) {
    key[thread] = keys[thread] != kNoKey ? keys[thread] >> 8 : 0;
    sum[thread] = key[thread];
  });
  x.exclusive_sum(sum);
  x.phase([&](uint32_t thread) {
    sums[group * kWarpThreads + thread] = sum[thread] + key[thread];
  });
}

// How many of a group's keys are below `key`.
GPU_ZSTD_FN uint32_t keys_below(const uint32_t* keys, uint32_t key) {
  uint32_t found = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t step = kWarpThreads / 2; step > 0; step /= 2) {
    found += keys[found + step - 1] < key ? step : 0;
  }
  return found + (keys[found] < key ? 1 : 0);
}

struct OccurringValues {
  uint32_t count;
  uint32_t largest;
};

GPU_ZSTD_FN OccurringValues find_values(const HuffmanCodeShared& s) {
  OccurringValues found{0, 0};
  GPU_ZSTD_UNROLL
  for (uint32_t g = 0; g < kValueGroups; ++g) {
    const uint32_t values = s.occurring[g];
    found.count += count_ones(values);
    if (values != 0) found.largest = g * kWarpThreads + highest_bit(values);
  }
  return found;
}

// Places the occurring values of group `group` by (count, value) when all
// groups are sorted. Called by one warp.
template <class Exec>
GPU_ZSTD_FN void rank_symbols(Exec& x, HuffmanCodeShared& s,
                              const uint32_t* sums, uint32_t group) {
  const OccurringValues found = find_values(s);
  x.phase([&](uint32_t thread) {
    const uint32_t key = s.keys[group * kWarpThreads + thread];
    if (key == kNoKey) return;
    uint32_t below = 0;
    uint32_t sum = 0;
    constexpr uint32_t kTogether = 4;  // searches that do not wait for others
    GPU_ZSTD_NO_UNROLL
    for (uint32_t first = 0; first < kValueGroups; first += kTogether) {
      GPU_ZSTD_UNROLL
      for (uint32_t g = first; g < first + kTogether; ++g) {
        const uint32_t begin = g * kWarpThreads;
        const uint32_t some = keys_below(s.keys + begin, key);
        below += some;
        sum += some > 0 ? sums[begin + some - 1] : 0;
      }
    }
    const uint32_t count = key >> 8;
    s.sorted_counts[below] = count;
    s.count_sums[below] = sum;
    s.logs[below] = static_cast<uint16_t>(scale_log(count));
    s.sorted_symbols[below] = static_cast<uint8_t>(key);
    if ((key & 0xFF) == found.largest) {
      s.symbols = found.count;
      s.max_symbol = found.largest;
      s.rank_of_max = below;
    }
    if (below + 1 == found.count) s.count_sums[below + 1] = sum + count;
  });
}

// How many counts have logarithm `log` or less.
GPU_ZSTD_FN uint32_t counts_up_to(const HuffmanCodeShared& s, uint32_t log) {
  uint32_t found = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t step = kByteValues; step > 0; step /= 2) {
    const uint32_t next = found + step;
    if (next <= s.symbols && s.logs[next - 1] <= log) found = next;
  }
  return found;
}

// Fills in up_to[].
template <class Exec>
GPU_ZSTD_FN void count_logs(Exec& x, const HuffmanCodeShared& s,
                            uint16_t* up_to) {
  x.for_each(kScaleLogs / 2, [&](uint32_t i) {  // two searches at a time
    GPU_ZSTD_UNROLL
    for (uint32_t k = 2 * i; k < 2 * i + 2; ++k) {
      up_to[k] = static_cast<uint16_t>(counts_up_to(s, k));
    }
  });
}

}  // namespace gpu_zstd
