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
// is the smallest that gives a prefix code (Kraft's sum is at most 1). What
// room that leaves goes to the most frequent symbols that fit into it, and
// exchanges of one code for some of its neighbours' remove most of what is lost
// to the best code. Each limit that may pay is tried, by a warp of its own,
// since a tighter one has the shorter description.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kNoKey = 0xFFFFFFFFu;
inline constexpr uint32_t kNoCode = 0xFFFFFFFFu;
// What a weight that occurs adds to the description of the others, in bits.
inline constexpr uint32_t kWeightHeaderBits = 4;
// Limits tried: the longest that makes sense and shorter ones.
inline constexpr uint32_t kHuffmanTries = 6;
// Most exchanges made, and how far apart their lengths may be.
inline constexpr uint32_t kHuffmanExchanges = 8;
inline constexpr uint32_t kExchangeReach = 3;
// Fraction bits of the logarithms that lengths are made of.
inline constexpr uint32_t kScaleShift = 4;
// Values that a warp works on at a time.
inline constexpr uint32_t kValueGroups = kByteValues / kWarpThreads;

// A code of limited length.
struct HuffmanTry {
  uint32_t longer[kMaxHuffmanBits + 2];  // symbols of so many bits or more
  uint32_t first_codes[kMaxHuffmanBits + 1];
  uint32_t room;  // left by Kraft's sum, in units of the longest code
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

GPU_ZSTD_FN uint32_t scaled_length(uint32_t log, uint32_t limit,
                                   uint32_t scale) {
  const int32_t length = static_cast<int32_t>(scale - log) >> kScaleShift;
  const int32_t most = static_cast<int32_t>(limit);
  return static_cast<uint32_t>(length < 1 ? 1 : length < most ? length : most);
}

// Fills in t.longer and t.room by the smallest scale that gives a prefix code.
template <class Exec>
GPU_ZSTD_FN void scale_lengths(Exec& x, const HuffmanCodeShared& s,
                               HuffmanTry& t, uint32_t limit) {
  const uint32_t n = s.symbols;
  const uint32_t all = 1u << limit;
  uint32_t low = s.logs[n - 1];
  uint32_t high = low + (limit << kScaleShift);  // gives all `limit` bits
  uint32_t taken = n;
  while (low < high) {  // three scales at a time
    const uint32_t step = (high - low + 3) / 4;
    const uint32_t first = low + step - 1;
    typename Exec::template PerThread<uint32_t> sum0(x);
    typename Exec::template PerThread<uint32_t> sum1(x);
    typename Exec::template PerThread<uint32_t> sum2(x);
    x.phase([&](uint32_t thread) {
      uint32_t next = thread < n ? s.logs[thread] : 0;
      GPU_ZSTD_NO_UNROLL
      for (uint32_t i = thread; i < n; i += kWarpThreads) {
        const uint32_t log = next;
        next = s.logs[i + kWarpThreads < n ? i + kWarpThreads : i];
        sum0[thread] += all >> scaled_length(log, limit, first);
        sum1[thread] += all >> scaled_length(log, limit, first + step);
        sum2[thread] += all >> scaled_length(log, limit, first + 2 * step);
      }
    });
    const uint32_t kraft[3] = {x.sum(sum0), x.sum(sum1), x.sum(sum2)};
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < 3; ++i) {  // Kraft's sum falls as scales rise
      const uint32_t scale = first + i * step;
      if (scale >= high) continue;
      if (kraft[i] > all) {
        low = scale + 1;
      } else {
        high = scale;
        taken = kraft[i];
      }
    }
  }
  x.phase([&](uint32_t thread) {
    if (thread < kMaxHuffmanBits + 2) t.longer[thread] = 0;
    if (thread == 0) t.room = all - taken;
  });
  x.for_each(n, [&](uint32_t i) {
    const uint32_t next =
        i + 1 < n ? scaled_length(s.logs[i + 1], limit, high) : 0;
    GPU_ZSTD_NO_UNROLL
    for (uint32_t v = scaled_length(s.logs[i], limit, high); v > next; --v) {
      t.longer[v] = i + 1;
    }
  });
}

// Shortens codes until none is left over. Of the lengths that have a code to
// shorten into the room, the one that gains most by what it takes.
template <class Exec>
GPU_ZSTD_FN void fill_room(Exec& x, const HuffmanCodeShared& s, HuffmanTry& t,
                           uint32_t limit) {
  constexpr uint32_t kLengthBits = 4;
  typename Exec::template PerThread<uint32_t> key(x);
  typename Exec::template PerThread<uint32_t> moved(x);
  for (;;) {
    const uint32_t room = t.room;
    if (room == 0) return;
    x.phase([&](uint32_t v) {
      key[v] = 0;
      if (v < 2 || v > limit) return;
      const uint32_t fit = room >> (limit - v);
      const uint32_t longer = t.longer[v];
      const uint32_t movable = longer - t.longer[v + 1];
      if (fit == 0 || movable == 0) return;
      const uint32_t count = s.sorted_counts[longer - 1];
      const uint32_t most = fit < movable ? fit : movable;
      // Several at once if they are equal.
      moved[v] = s.sorted_counts[longer - most] == count ? most : 1;
      key[v] = count << (v + kLengthBits) | v;
    });
    const uint32_t best = x.max(key) & ((1u << kLengthBits) - 1);
    x.phase([&](uint32_t v) {
      if (v != best) return;
      t.longer[v] -= moved[v];
      t.room = room - (moved[v] << (limit - v));
    });
  }
}

// The exchange that thread `thread` looks at: one code of v bits against some
// of about w bits.
struct CodeExchange {
  uint32_t v;
  uint32_t w;
  uint32_t several;  // codes of w bits that take the room of one of v bits

  GPU_ZSTD_FN explicit CodeExchange(uint32_t thread)
      : v(2 + thread / kExchangeReach),
        w(v + 1 + thread % kExchangeReach),
        several(1u << (w - v)) {}
};

// Makes the best exchange there is: one code gets v - 1 bits instead of v and
// several w instead of w - 1, or one v instead of v - 1 and several w - 1
// instead of w. False if none gains anything.
template <class Exec>
GPU_ZSTD_FN bool exchange_codes(Exec& x, const HuffmanCodeShared& s,
                                HuffmanTry& t, uint32_t limit) {
  constexpr uint32_t kThreadBits = 5;
  static_assert(1u << kThreadBits == kWarpThreads);
  typename Exec::template PerThread<uint32_t> key(x);
  x.phase([&](uint32_t thread) {
    const CodeExchange e(thread);
    key[thread] = 0;
    if (e.w > limit) return;
    const uint32_t one = t.longer[e.v];
    const uint32_t many = t.longer[e.w];
    const uint32_t sum = s.count_sums[many];
    const bool shortens_one =
        e.w == e.v + 1
            ? many + e.several < one
            : one > t.longer[e.v + 1] && many + e.several <= t.longer[e.w - 1];
    uint32_t gain = 0;
    if (shortens_one) {
      const uint32_t saved = s.sorted_counts[one - 1];
      const uint32_t lost = s.count_sums[many + e.several] - sum;
      if (saved > lost) gain = (saved - lost) << 1;
    }
    if (one < t.longer[e.v - 1] && many >= t.longer[e.w + 1] + e.several) {
      const uint32_t saved = sum - s.count_sums[many - e.several];
      const uint32_t lost = s.sorted_counts[one];
      const uint32_t other = saved > lost ? (saved - lost) << 1 | 1 : 0;
      if (other > gain) gain = other;
    }
    if (gain > 0) key[thread] = gain << kThreadBits | thread;
  });
  const uint32_t best = x.max(key);
  if (best == 0) return false;
  x.single([&] {
    const CodeExchange e(best % kWarpThreads);
    const bool lengthens_one = best >> kThreadBits & 1;
    t.longer[e.v] += lengthens_one ? 1u : ~0u;
    t.longer[e.w] += lengthens_one ? 0u - e.several : e.several;
  });
  return true;
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

// Makes try number `index`, of codes one bit shorter than the last number's.
// Called by one warp; at least two values occur.
template <class Exec>
GPU_ZSTD_FN void try_code(Exec& x, HuffmanCodeShared& s, uint32_t index) {
  static_assert(Exec::kThreads == kWarpThreads);
  HuffmanTry& t = s.tries[index];
  const uint32_t n = s.symbols;
  const uint32_t longest = n - 1 < kMaxHuffmanBits ? n - 1 : kMaxHuffmanBits;
  if (index >= longest || n > 1u << (longest - index)) {
    x.single([&] { t.cost = kNoCode; });
    return;
  }
  const uint32_t limit = longest - index;
  scale_lengths(x, s, t, limit);
  fill_room(x, s, t, limit);
  for (uint32_t i = 0; i < kHuffmanExchanges; ++i) {
    if (!exchange_codes(x, s, t, limit)) break;
  }
  cost_code(x, s, t, limit);
}

// The cheapest try; of equal ones the one of more bits.
GPU_ZSTD_FN const HuffmanTry& best_try(const HuffmanCodeShared& s) {
  uint32_t best = 0;
  uint32_t cost = s.tries[0].cost;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 1; i < kHuffmanTries; ++i) {
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
