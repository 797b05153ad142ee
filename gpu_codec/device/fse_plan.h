// Chooses how one alphabet is coded by FSE: counts normalised to a power of
// two, the bytes that describe them, and what both cost.
//
//   counts      9   0   0   4   1   2        16 symbols
//   norm (32)  18   0   0   8   2   4        sums to 32 exactly
//   header     log, 18, 0 + "one more zero", 8, 2, 4
//
// One warp works on one alphabet; alphabets are planned beside each other.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

// The largest alphabet is the match lengths' 53 codes.
inline constexpr uint32_t kMaxFseSymbols = 64;
inline constexpr uint32_t kMaxFseLog = 9;
inline constexpr uint32_t kMinFseLog = 5;
// A description takes at most 10 bits a symbol and 4 for the log.
inline constexpr uint32_t kMaxFseHeaderWords = 24;
inline constexpr uint32_t kNoPlan = 0xFFFFFFFFu;
// Largest sum of counts whose gains, shifted as in correct_norm(), stay below
// 2^24. A block has fewer sequences.
inline constexpr uint32_t kMaxNormTotal = 98303;
static_assert((kMaxNormTotal << 9) / 3 < 0xFFFFFE);
static_assert(kMaxBlockBytes / kMinMatch <= kMaxNormTotal);

struct FsePlan {
  uint32_t norm[kMaxFseSymbols];
  uint32_t present[kMaxFseSymbols / 32];  // bit set of occurring symbols
  uint32_t header[kMaxFseHeaderWords];
  uint32_t header_bytes;
  uint32_t log;
  uint32_t symbols;  // that occur
  uint32_t cost;     // of header and symbols, in 1/256 bit; kNoPlan: none
};

// Byte `i` of a table's description.
GPU_ZSTD_FN uint32_t header_byte(const FsePlan& plan, uint32_t i) {
  return plan.header[i / 4] >> (i % 4 * 8) & 0xFF;
}

// The largest table log that pays for `n` symbols: finer ones cost more header
// than they save.
GPU_ZSTD_HOST_FN uint32_t largest_fse_log(uint32_t n, uint32_t max_log) {
  const uint32_t by_count = n < 2 ? 0 : highest_bit(n - 1);
  const uint32_t log = by_count < kMinFseLog + 1 ? kMinFseLog : by_count - 1;
  return log < max_log ? log : max_log;
}

// One round of corrections: `surplus` > 0 slots go to the symbols that gain
// most from one more, or -`surplus` are taken from those that lose least.
// Moving symbol f -> f + 1 saves count * log2((f + 1) / f) bits, which is close
// to count / (2 f + 1) times a constant. Returns the surplus that is left.
template <uint32_t kSymbols, class Exec>
GPU_ZSTD_FN int32_t correct_norm(Exec& x, uint32_t* norm, WordQuad* keys,
                                 const uint32_t* counts, uint32_t alphabet,
                                 int32_t surplus) {
  static_assert(kSymbols <= 256);
  const bool grow = surplus > 0;
  x.for_each(kSymbols, [&](uint32_t s) {
    const uint32_t f = norm[s];
    const bool movable = grow ? f > 0 : f > 1;
    const uint32_t gain = (counts[s] << 9) / (grow ? 2 * f + 1 : 2 * f - 1);
    const uint32_t order = grow ? gain : 0xFFFFFEu - gain;
    keys[s / 4].word[s % 4] = movable ? (order + 1) << 8 | (255 - s) : 0;
  });
  typename Exec::template PerThread<int32_t> moved(x);
  const uint32_t wanted = static_cast<uint32_t>(grow ? surplus : -surplus);
  x.phase([&](uint32_t thread) {
    // Two symbols at a time, for one warp does it all.
    const uint32_t step = x.threads();
    for (uint32_t s = thread; s < kSymbols; s += 2 * step) {
      const uint32_t other = s + step < kSymbols ? s + step : s;
      const uint32_t key = keys[s / 4].word[s % 4];
      const uint32_t other_key = keys[other / 4].word[other % 4];
      uint32_t above = 0;
      uint32_t other_above = 0;
      constexpr uint32_t kTogether = 4;  // enough to hide the loads
      GPU_ZSTD_NO_UNROLL
      for (uint32_t first = 0; 4 * first < alphabet; first += kTogether) {
        GPU_ZSTD_UNROLL
        for (uint32_t i = 0; i < kTogether; ++i) {
          const WordQuad quad = keys[first + i];
          GPU_ZSTD_UNROLL
          for (uint32_t w = 0; w < 4; ++w) {
            above += quad.word[w] > key ? 1 : 0;
            other_above += quad.word[w] > other_key ? 1 : 0;
          }
        }
      }
      const auto move = [&](uint32_t symbol) {
        norm[symbol] += grow ? 1u : ~0u;
        moved[thread] += grow ? 1 : -1;
      };
      if (key != 0 && above < wanted) move(s);
      if (other != s && other_key != 0 && other_above < wanted) move(other);
    }
  });
  return surplus - x.sum(moved);
}

// norm[0 .. kSymbols) becomes counts[] scaled to a sum of 2^log, at least 1 for
// each symbol that occurs: at most 2^log of them, all below `alphabet`. `total`
// is the sum of counts[], at most kMaxNormTotal. `keys` has room for kSymbols
// words.
template <uint32_t kSymbols, class Exec>
GPU_ZSTD_FN void normalize_counts(Exec& x, uint32_t* norm, WordQuad* keys,
                                  const uint32_t* counts, uint32_t alphabet,
                                  uint32_t total, uint32_t log) {
  typename Exec::template PerThread<int32_t> given(x);
  x.phase([&](uint32_t thread) {
    GPU_ZSTD_NO_UNROLL
    for (uint32_t s = thread; s < kSymbols; s += x.threads()) {
      const uint32_t count = counts[s];
      uint32_t f = (count << log) / total;
      if (count > 0 && f == 0) f = 1;
      norm[s] = f;
      given[thread] += static_cast<int32_t>(f);
    }
  });
  int32_t surplus = (1 << log) - x.sum(given);
  while (surplus != 0)
    surplus = correct_norm<kSymbols>(x, norm, keys, counts, alphabet, surplus);
}

// Bits of a description that belong together.
struct NormField {
  uint64_t value;
  uint32_t bits;

  GPU_ZSTD_FN void append(uint64_t more, uint32_t width) {
    value |= more << bits;
    bits += width;
  }
};

// Appends what the description (RFC 8878, 4.1.1) says of symbol `s`, when the
// symbols before it hold `sum` slots. A count takes as many bits as the largest
// that could still stand there, and one less if it is small; after a zero the
// number of further zeros follows in base 4, digit 3 meaning "three, and go
// on".
GPU_ZSTD_FN void append_norm(NormField& field, uint64_t present, uint32_t s,
                             uint32_t slots, uint32_t remaining) {
  const bool told_by_zeros = slots == 0 && s > 0 && !(present >> (s - 1) & 1);
  if (remaining <= 1 || told_by_zeros) return;
  const uint32_t bits = highest_bit(remaining) + 1;
  const uint32_t half = 1u << (bits - 1);
  const uint32_t small = 2 * half - 1 - remaining;
  const uint32_t value = slots + 1 + (slots + 1 >= half ? small : 0);
  field.append(value, value < small ? bits - 1 : bits);
  if (slots != 0) return;
  const uint32_t zeros = lowest_bit64(present >> (s + 1));
  const uint32_t threes = 2 * (zeros / 3);
  field.append((uint64_t{1} << threes) - 1, threes);
  field.append(zeros % 3, 2);
}

// Writes the description of plan.norm to plan.header. A thread has two
// neighbouring symbols, whose fields take at most 62 bits: 10 for each count
// and 42 for the zeros, which only one of the two can be followed by.
template <class Exec>
GPU_ZSTD_FN void write_norm_header(Exec& x, FsePlan& plan) {
  static_assert(kMaxFseSymbols == 2 * kWarpThreads);
  typename Exec::template PerThread<uint32_t> before(x);
  typename Exec::template PerThread<uint32_t> position(x);
  typename Exec::template PerThread<NormField> fields(x);
  x.phase([&](uint32_t thread) {
    if (thread < kMaxFseHeaderWords) plan.header[thread] = 0;
    before[thread] = plan.norm[2 * thread] + plan.norm[2 * thread + 1];
  });
  x.exclusive_sum(before);
  x.phase([&](uint32_t thread) {
    const uint64_t present =
        plan.present[0] | static_cast<uint64_t>(plan.present[1]) << 32;
    NormField field{};
    uint32_t remaining = (1u << plan.log) + 1 - before[thread];
    GPU_ZSTD_NO_UNROLL
    for (uint32_t i = 0; i < 2; ++i) {
      const uint32_t slots = plan.norm[2 * thread + i];
      append_norm(field, present, 2 * thread + i, slots, remaining);
      remaining -= slots;
    }
    fields[thread] = field;
    position[thread] = field.bits;
  });
  const uint32_t bits = 4 + x.exclusive_sum(position);
  x.phase([&](uint32_t thread) {
    const NormField field = fields[thread];
    BitWriter<Exec> writer(plan.header, 4 + position[thread]);
    const uint32_t low_bits = field.bits < 32 ? field.bits : 32;
    writer.put(static_cast<uint32_t>(field.value), low_bits);
    writer.put(static_cast<uint32_t>(field.value >> 32), field.bits - low_bits);
    writer.flush();
    if (thread == 0) {
      Exec::or_bits(&plan.header[0], plan.log - kMinFseLog);
      plan.header_bytes = (bits + 7) / 8;
    }
  });
}

// Notes which symbols occur in `counts`; returns them as a bit set.
template <class Exec>
GPU_ZSTD_FN uint64_t find_present(Exec& x, FsePlan& plan,
                                  const uint32_t* counts) {
  static_assert(kMaxFseSymbols == 2 * kWarpThreads);
  typename Exec::template PerThread<uint32_t> low(x);
  typename Exec::template PerThread<uint32_t> high(x);
  x.phase([&](uint32_t thread) {
    low[thread] = counts[thread];
    high[thread] = counts[kWarpThreads + thread];
  });
  const uint32_t present[2] = {x.ballot(low), x.ballot(high)};
  x.single([&] {
    plan.present[0] = present[0];
    plan.present[1] = present[1];
  });
  return present[0] | static_cast<uint64_t>(present[1]) << 32;
}

// Plans a table of 2^log slots of its own for counts[0 .. kMaxFseSymbols),
// which sum to `total` (at most kMaxNormTotal). No plan (cost kNoPlan) when
// fewer than two symbols occur, or more than the table has slots. Called by one
// warp; `keys` is scratch.
template <class Exec>
GPU_ZSTD_FN void plan_fse(Exec& x, FsePlan& plan,
                          WordQuad (&keys)[kMaxFseSymbols / 4],
                          const uint32_t* counts, uint32_t total,
                          uint32_t log) {
  static_assert(Exec::kThreads == kWarpThreads);
  const uint64_t present = find_present(x, plan, counts);
  const uint32_t upper = static_cast<uint32_t>(present >> 32);
  const uint32_t symbols =
      count_ones(static_cast<uint32_t>(present)) + count_ones(upper);
  const uint32_t alphabet = upper != 0 ? kMaxFseSymbols : kMaxFseSymbols / 2;
  x.single([&] {
    plan.log = log;
    plan.symbols = symbols;
    plan.cost = kNoPlan;
    plan.header_bytes = 0;
  });
  if (symbols < 2 || symbols > 1u << log) return;
  normalize_counts<kMaxFseSymbols>(x, plan.norm, keys, counts, alphabet, total,
                                   log);
  write_norm_header(x, plan);
  typename Exec::template PerThread<uint32_t> cost(x);
  x.phase([&](uint32_t thread) {
    GPU_ZSTD_NO_UNROLL
    for (uint32_t s = thread; s < kMaxFseSymbols; s += x.threads()) {
      if (counts[s] == 0) continue;
      const uint32_t bits = (log << kQ8Shift) - log2_q8(plan.norm[s]);
      cost[thread] += counts[s] * bits;
    }
  });
  const uint32_t symbols_cost = x.sum(cost);
  x.single([&] {
    // The final state takes `log` bits more.
    plan.cost = symbols_cost + ((8 * plan.header_bytes + log) << kQ8Shift);
  });
}

}  // namespace gpu_zstd
