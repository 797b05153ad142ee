// Huffman code lengths of at most 11 bits, close to the best, without building
// a tree.
//
// Symbols are sorted by rising count; rarer ones have codes as long or longer.
// So a code is told by how many symbols have v bits or more:
//
//   symbols    a1 b1 c3 d7        longer[1] = 4   a b c d
//   lengths     3  3  2  1        longer[2] = 3   a b c
//                                 longer[3] = 2   a b
//
// and costs the sum over v of the counts of the first longer[v] symbols. A
// symbol's length is log2(scale / count), rounded down and clamped; the scale
// is the smallest that gives a prefix code (Kraft's sum is at most 1). How many
// counts have which logarithm tells that sum for any scale. What room it leaves
// goes to the most frequent symbols that fit into it. Each limit that may pay
// is tried, by a warp of its own, since a tighter one has the shorter
// description.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/huffman_ranks.h"
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

inline constexpr uint32_t kNoCode = 0xFFFFFFFFu;
// What a weight that occurs adds to the description of the others, in bits.
inline constexpr uint32_t kWeightHeaderBits = 4;

// How many symbols the scale `scale` gives `v` > 1 bits or more.
GPU_ZSTD_FN uint32_t symbols_from(const uint16_t* up_to, uint32_t scale,
                                  uint32_t v) {
  const int32_t log = static_cast<int32_t>(scale - (v << kScaleShift));
  constexpr int32_t kLast = static_cast<int32_t>(kScaleLogs) - 1;  // all
  const uint32_t counts = up_to[log < 0 ? 0 : log < kLast ? log : kLast];
  return log < 0 ? 0 : counts;
}

// Kraft's sum of `n` symbols by a scale, in units of codes of `limit` bits.
GPU_ZSTD_FN uint32_t kraft_sum(const uint16_t* up_to, uint32_t n,
                               uint32_t limit, uint32_t scale) {
  uint32_t sum = n << (limit - 1);  // as if all had one bit
  GPU_ZSTD_UNROLL
  for (uint32_t v = 2; v <= kMaxHuffmanBits; ++v) {
    const uint32_t longer = symbols_from(up_to, scale, v);
    sum -= v <= limit ? longer << (limit - v) : 0;
  }
  return sum;
}

// Fills in t.longer by the smallest scale that gives a prefix code; returns the
// room that Kraft's sum leaves, in units of the longest code.
template <class Exec>
GPU_ZSTD_FN uint32_t scale_lengths(Exec& x, const HuffmanCodeShared& s,
                                   const uint16_t* up_to, HuffmanTry& t,
                                   uint32_t limit) {
  const uint32_t n = s.symbols;
  const uint32_t all = 1u << limit;
  uint32_t low = s.logs[n - 1];
  uint32_t high = low + (limit << kScaleShift);  // gives all `limit` bits
  uint32_t taken = n;
  GPU_ZSTD_NO_UNROLL
  while (low < high) {  // a scale by each thread; the sum falls as they rise
    const uint32_t step = (high - low + kWarpThreads) / kWarpThreads;
    typename Exec::template PerThread<uint32_t> sum(x);
    typename Exec::template PerThread<uint32_t> fits(x);
    x.phase([&](uint32_t thread) {
      const uint32_t scale = low + thread * step;
      sum[thread] = kraft_sum(up_to, n, limit, scale);
      fits[thread] = scale >= high || sum[thread] <= all;
    });
    const uint64_t beyond = uint64_t{1} << kWarpThreads;
    const uint32_t first = lowest_bit64(x.ballot(fits) | beyond);
    const uint32_t fit = low + first * step;
    if (first > 0) low = fit - step + 1;
    if (fit >= high) continue;
    high = fit;
    x.phase([&](uint32_t thread) {
      if (thread != first) sum[thread] = 0;
    });
    taken = x.sum(sum);
  }
  x.phase([&](uint32_t v) {
    if (v >= kMaxHuffmanBits + 2) return;
    t.longer[v] = v == 0 || v > limit ? 0
                  : v == 1            ? n
                                      : symbols_from(up_to, high, v);
  });
  return all - taken;
}

// Shortens codes until none of `room` is left over. Of the lengths that have a
// code to shorten into the room, the one that gains most by what it takes.
// Thread v knows what there is of codes of v bits.
template <class Exec>
GPU_ZSTD_FN void fill_room(Exec& x, const HuffmanCodeShared& s, HuffmanTry& t,
                           uint32_t limit, uint32_t room) {
  constexpr uint32_t kLengthBits = 4;
  typename Exec::template PerThread<uint32_t> longer(x);   // v bits or more
  typename Exec::template PerThread<uint32_t> movable(x);  // just v bits
  typename Exec::template PerThread<uint32_t> key(x);
  typename Exec::template PerThread<uint32_t> most(x);
  x.phase([&](uint32_t v) {
    if (v < 2 || v > limit) return;
    longer[v] = t.longer[v];
    movable[v] = longer[v] - t.longer[v + 1];
  });
  GPU_ZSTD_NO_UNROLL
  while (room != 0) {
    x.phase([&](uint32_t v) {
      const uint32_t fit = v <= limit ? room >> (limit - v) : 0;
      most[v] = fit < movable[v] ? fit : movable[v];
      key[v] = 0;
      if (most[v] == 0) return;
      const uint32_t count = s.sorted_counts[longer[v] - 1];
      // Several at once if they are equal.
      if (s.sorted_counts[longer[v] - most[v]] != count) most[v] = 1;
      key[v] = count << (v + kLengthBits) | v;
    });
    const uint32_t best = x.max(key) & ((1u << kLengthBits) - 1);
    x.phase([&](uint32_t v) {
      if (v != best) most[v] = 0;
    });
    const uint32_t moved = x.sum(most);
    room -= moved << (limit - best);
    x.phase([&](uint32_t v) {
      longer[v] -= most[v];
      movable[v] -= most[v];
      if (v + 1 == best && v > 1) movable[v] += moved;
    });
  }
  x.phase([&](uint32_t v) {
    if (v >= 2 && v <= limit) t.longer[v] = longer[v];
  });
}

// Fills in bits, cost and first codes. The description costs the entropy of its
// weights and some more for each different one; `absent` values below the
// largest do not occur.
template <class Exec>
GPU_ZSTD_FN void cost_code(Exec& x, const HuffmanCodeShared& s, HuffmanTry& t,
                           uint32_t limit) {
  const uint32_t all = s.max_symbol + 1;
  typename Exec::template PerThread<uint32_t> bits(x);
  typename Exec::template PerThread<uint32_t> weights(x);
  typename Exec::template PerThread<uint32_t> different(x);
  typename Exec::template PerThread<uint32_t> units(x);
  x.phase([&](uint32_t v) {
    if (v > limit) return;
    const uint32_t longer = v > 0 ? t.longer[v] : all;
    const uint32_t equal = longer - t.longer[v + 1];  // absent ones for v = 0
    if (equal > 0) {
      weights[v] = equal * log2_q8(equal);
      different[v] = 1;
    }
    if (v == 0) return;
    bits[v] = s.count_sums[longer];
    units[v] = equal << (limit - v);
  });
  // Codes as long or longer take what shorter ones leave.
  x.exclusive_sum(units);
  x.phase([&](uint32_t v) {
    if (v == 0 || v > limit) return;
    const uint32_t equal = t.longer[v] - t.longer[v + 1];
    t.first_codes[v] = (((1u << limit) - units[v]) >> (limit - v)) - equal;
  });
  const uint32_t total = x.sum(bits);
  const uint32_t entropy = all * log2_q8(all) - x.sum(weights);
  const uint32_t header = x.sum(different) * kWeightHeaderBits << kQ8Shift;
  const uint32_t direct = 4 * all << kQ8Shift;
  x.single([&] {
    t.bits = total;
    t.cost = (total << kQ8Shift) +
             (entropy + header < direct ? entropy + header : direct);
  });
}

// No try but the first `count` is made; before these there has to be a barrier.
template <class Exec>
GPU_ZSTD_FN void leave_out_tries(Exec& x, HuffmanCodeShared& s,
                                 uint32_t count) {
  x.prelude([&](uint32_t thread) {
    for (uint32_t i = count + thread; i < kMaxHuffmanLimits; i += x.threads()) {
      s.tries[i].cost = kNoCode;
    }
  });
}

// Makes try number `index`, of codes one bit shorter than the last number's;
// the first ones have `most` bits, or as many as make sense. Called by one
// warp; at least two values occur.
template <class Exec>
GPU_ZSTD_FN void try_code(Exec& x, HuffmanCodeShared& s, const uint16_t* up_to,
                          uint32_t most, uint32_t index) {
  static_assert(Exec::kThreads == kWarpThreads);
  HuffmanTry& t = s.tries[index];
  const uint32_t n = s.symbols;
  const uint32_t longest = smaller(n - 1, most);
  if (index >= longest || n > 1u << (longest - index)) {
    x.single([&] { t.cost = kNoCode; });
    return;
  }
  const uint32_t limit = longest - index;
  fill_room(x, s, t, limit, scale_lengths(x, s, up_to, t, limit));
  cost_code(x, s, t, limit);
}

// The cheapest try; of equal ones the one of more bits.
GPU_ZSTD_FN const HuffmanTry& best_try(const HuffmanCodeShared& s) {
  uint32_t best = 0;
  uint32_t cost = s.tries[0].cost;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 1; i < kMaxHuffmanLimits; ++i) {
    if (s.tries[i].cost < cost) {
      cost = s.tries[i].cost;
      best = i;
    }
  }
  return s.tries[best];
}

// Length of the code of the symbol with rank `i` by rising count.
GPU_ZSTD_FN uint32_t length_of_rank(const HuffmanTry& t, uint32_t i) {
  uint32_t length = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t v = 1; v <= kMaxHuffmanBits; ++v) {
    length += i < t.longer[v] ? 1 : 0;
  }
  return length;
}

}  // namespace gpu_zstd
