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
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/log2_q8.h"
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

template <uint32_t kSymbols>
struct NormalizedCounts {
  static_assert(kSymbols <= 256);
  uint32_t norm[kSymbols];
  WordQuad keys[kSymbols / 4];  // scratch
};

struct FsePlan : NormalizedCounts<kMaxFseSymbols> {
  uint32_t present[kMaxFseSymbols / 32];  // bit set of occurring symbols
  uint32_t header[kMaxFseHeaderWords];
  uint32_t header_bytes;
  uint32_t log;
  uint32_t symbols;  // that occur
  uint32_t cost;     // of header and symbols, in 1/256 bit; kNoPlan: none
};

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
template <class Exec, uint32_t kSymbols>
GPU_ZSTD_FN int32_t correct_norm(Exec& x, NormalizedCounts<kSymbols>& plan,
                                 const uint32_t* counts, int32_t surplus) {
  const bool grow = surplus > 0;
  x.for_each(kSymbols, [&](uint32_t s) {
    const uint32_t f = plan.norm[s];
    const bool movable = grow ? f > 0 : f > 1;
    const uint32_t gain = (counts[s] << 9) / (grow ? 2 * f + 1 : 2 * f - 1);
    const uint32_t order = grow ? gain : 0xFFFFFEu - gain;
    plan.keys[s / 4].word[s % 4] = movable ? (order + 1) << 8 | (255 - s) : 0;
  });
  typename Exec::template PerThread<int32_t> moved(x);
  const uint32_t wanted = static_cast<uint32_t>(grow ? surplus : -surplus);
  x.phase([&](uint32_t thread) {
    // Two symbols at a time, for one warp does it all.
    const uint32_t step = x.threads();
    for (uint32_t s = thread; s < kSymbols; s += 2 * step) {
      const uint32_t other = s + step < kSymbols ? s + step : s;
      const uint32_t key = plan.keys[s / 4].word[s % 4];
      const uint32_t other_key = plan.keys[other / 4].word[other % 4];
      uint32_t above = 0;
      uint32_t other_above = 0;
      for (uint32_t i = 0; i < kSymbols / 4; ++i) {
        const WordQuad quad = plan.keys[i];
        GPU_ZSTD_UNROLL
        for (uint32_t w = 0; w < 4; ++w) {
          above += quad.word[w] > key ? 1 : 0;
          other_above += quad.word[w] > other_key ? 1 : 0;
        }
      }
      const auto move = [&](uint32_t symbol) {
        plan.norm[symbol] += grow ? 1u : ~0u;
        moved[thread] += grow ? 1 : -1;
      };
      if (key != 0 && above < wanted) move(s);
      if (other != s && other_key != 0 && other_above < wanted) move(other);
    }
  });
  return surplus - x.sum(moved);
}

// plan.norm becomes counts[] scaled to a sum of 2^log, at least 1 for each
// symbol that occurs (of which there are at most 2^log). `total` is their sum,
// at most kMaxNormTotal.
template <class Exec, uint32_t kSymbols>
GPU_ZSTD_FN void normalize_counts(Exec& x, NormalizedCounts<kSymbols>& plan,
                                  const uint32_t* counts, uint32_t total,
                                  uint32_t log) {
  typename Exec::template PerThread<int32_t> given(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t s = thread; s < kSymbols; s += x.threads()) {
      const uint32_t count = counts[s];
      uint32_t f = (count << log) / total;
      if (count > 0 && f == 0) f = 1;
      plan.norm[s] = f;
      given[thread] += static_cast<int32_t>(f);
    }
  });
  int32_t surplus = (1 << log) - x.sum(given);
  while (surplus != 0) surplus = correct_norm(x, plan, counts, surplus);
}

// Calls put(value, bits) for the fields of the description (RFC 8878, 4.1.1)
// that belong to symbol `s`, when the symbols before it hold `sum` slots. A
// count takes as many bits as the largest that could still stand there, and one
// less if it is small; after a zero the number of further zeros follows in base
// 4, digit 3 meaning "three, and go on".
template <class Put>
GPU_ZSTD_FN void norm_fields(const FsePlan& plan, uint32_t s, uint32_t sum,
                             Put&& put) {
  const uint64_t present =
      plan.present[0] | static_cast<uint64_t>(plan.present[1]) << 32;
  const uint32_t f = plan.norm[s];
  const uint32_t remaining = (1u << plan.log) + 1 - sum;
  const bool told_by_zeros = f == 0 && s > 0 && !(present >> (s - 1) & 1);
  if (remaining <= 1 || told_by_zeros) return;
  const uint32_t bits = highest_bit(remaining) + 1;
  const uint32_t half = 1u << (bits - 1);
  const uint32_t small = 2 * half - 1 - remaining;
  const uint32_t value = f + 1 >= half ? f + 1 + small : f + 1;
  put(value, value < small ? bits - 1 : bits);
  if (f != 0) return;
  uint32_t next = s + 1;
  for (; (present >> next & 7) == 0; next += 3) put(3u, 2u);
  put(present >> next & 1 ? 0u : present >> next & 2 ? 1u : 2u, 2u);
}

// Writes the description of plan.norm to plan.header.
template <class Exec>
GPU_ZSTD_FN void write_norm_header(Exec& x, FsePlan& plan) {
  constexpr uint32_t kShare = kMaxFseSymbols / kWarpThreads;
  typename Exec::template PerThread<uint32_t> before(x);
  typename Exec::template PerThread<uint32_t> position(x);
  x.for_each(kMaxFseHeaderWords, [&](uint32_t i) { plan.header[i] = 0; });
  x.phase([&](uint32_t thread) {
    for (uint32_t i = 0; i < kShare; ++i) {
      before[thread] += plan.norm[thread * kShare + i];
    }
  });
  x.exclusive_sum(before);
  x.phase([&](uint32_t thread) {
    uint32_t sum = before[thread];
    for (uint32_t s = thread * kShare; s < (thread + 1) * kShare; ++s) {
      norm_fields(plan, s, sum,
                  [&](uint32_t, uint32_t bits) { position[thread] += bits; });
      sum += plan.norm[s];
    }
  });
  const uint32_t bits = 4 + x.exclusive_sum(position);
  x.phase([&](uint32_t thread) {
    BitWriter<Exec> writer(plan.header, 4 + position[thread]);
    uint32_t sum = before[thread];
    for (uint32_t s = thread * kShare; s < (thread + 1) * kShare; ++s) {
      norm_fields(plan, s, sum, [&](uint32_t value, uint32_t width) {
        writer.put(value, width);
      });
      sum += plan.norm[s];
    }
    writer.flush();
    if (thread == 0) {
      Exec::or_bits(&plan.header[0], plan.log - kMinFseLog);
      plan.header_bytes = (bits + 7) / 8;
    }
  });
}

// Notes which symbols occur in `counts`.
template <class Exec>
GPU_ZSTD_FN void find_present(Exec& x, FsePlan& plan, const uint32_t* counts) {
  x.for_each(2, [&](uint32_t i) { plan.present[i] = 0; });
  x.for_each(kMaxFseSymbols, [&](uint32_t s) {
    if (counts[s] > 0) x.or_bits(&plan.present[s / 32], 1u << (s % 32));
  });
  x.single([&] {
    plan.symbols = count_ones(plan.present[0]) + count_ones(plan.present[1]);
  });
}

// Plans a table of 2^log slots of its own for counts[0 .. kMaxFseSymbols),
// which sum to `total` (at most kMaxNormTotal). No plan (cost kNoPlan) when
// fewer than two symbols occur, or more than the table has slots. Called by one
// warp.
template <class Exec>
GPU_ZSTD_FN void plan_fse(Exec& x, FsePlan& plan, const uint32_t* counts,
                          uint32_t total, uint32_t log) {
  static_assert(Exec::kThreads == kWarpThreads);
  find_present(x, plan, counts);
  x.single([&] {
    plan.log = log;
    plan.cost = kNoPlan;
    plan.header_bytes = 0;
  });
  if (plan.symbols < 2 || plan.symbols > 1u << log) return;
  normalize_counts(x, plan, counts, total, log);
  write_norm_header(x, plan);
  typename Exec::template PerThread<uint32_t> cost(x);
  x.phase([&](uint32_t thread) {
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
