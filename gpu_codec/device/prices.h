// Prices of literals, lengths and offsets in 1/16 bit, from how often the last
// parse used them.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Literal runs priced one by one; the price of a literal in a longer one does
// not change.
inline constexpr uint32_t kPricedRun = 64;

struct SymbolCounts {
  uint32_t literals[256];
  uint32_t lit_lengths[kLitLengthCodes];
  uint32_t match_lengths[kMatchLengthCodes];
  uint32_t offsets[kOffsetCodes];
};

struct PriceTable {
  // What one position costs on average. All costs below have the average cost
  // of the bytes they cover taken off, so that the sum of a good parse stays
  // near 0 and what lies beyond the window may be left out.
  int32_t average;
  int16_t literals[256];
  // What a literal adds to a run of r literals.
  int16_t run_steps[kPricedRun];
  // Of a match by length; entries below kMinMatch are never chosen.
  int16_t match_lengths[kMaxParsedMatch + 1];
  // Of an offset code together with the empty literal run before it.
  int16_t offsets[kOffsetCodes];
};

inline constexpr uint32_t kPriceOne = 1u << kPriceLog;
inline constexpr uint32_t kPriceShift = 8 - kPriceLog;

// -log2 of count / sum in 1/16 bit, at most `most`. Both are in halves.
GPU_ZSTD_FN uint32_t symbol_price(uint32_t log_sum, uint32_t halves,
                                  uint32_t most) {
  const uint32_t price =
      (log_sum - log2_q8(halves) + (1u << (kPriceShift - 1))) >> kPriceShift;
  return price < most ? price : most;
}

struct PriceShared {
  SymbolCounts counts;
  uint32_t sums[4];  // of literals, literal lengths, match lengths, offsets
  uint32_t bits;     // cost of the whole block
  int32_t lit_length_prices[kLitLengthCodes];
  int32_t match_length_prices[kMatchLengthCodes];
};

template <class Exec>
GPU_ZSTD_FN void clear_counts(Exec& x, SymbolCounts& counts) {
  uint32_t* words = reinterpret_cast<uint32_t*>(&counts);
  x.for_each(sizeof(counts) / sizeof(uint32_t),
             [&](uint32_t i) { words[i] = 0; });
}

template <class Exec>
GPU_ZSTD_FN void sum_counts(Exec& x, PriceShared& s) {
  x.single([&] { s.bits = 0; });
  x.for_each(4, [&](uint32_t i) { s.sums[i] = 0; });
  x.for_each(256, [&](uint32_t v) {
    x.add(&s.sums[0], 2 * s.counts.literals[v] + 1);
  });
  x.for_each(kLitLengthCodes, [&](uint32_t c) {
    x.add(&s.sums[1], 2 * s.counts.lit_lengths[c] + 2);
  });
  x.for_each(kMatchLengthCodes, [&](uint32_t c) {
    x.add(&s.sums[2], 2 * s.counts.match_lengths[c] + 2);
  });
  x.for_each(kOffsetCodes, [&](uint32_t c) {
    x.add(&s.sums[3], 2 * s.counts.offsets[c] + 2);
  });
}

// Prices by symbol, and the cost of the block at these prices.
template <class Exec>
GPU_ZSTD_FN void price_symbols(Exec& x, PriceShared& s, PriceTable& p) {
  x.for_each(256, [&](uint32_t v) {
    const uint32_t count = s.counts.literals[v];
    uint32_t price =
        symbol_price(log2_q8(s.sums[0]), 2 * count + 1, 12 * kPriceOne);
    if (price < 10) price = 10;
    p.literals[v] = static_cast<int16_t>(price);
    x.add(&s.bits, price * count);
  });
  x.for_each(kLitLengthCodes, [&](uint32_t c) {
    const uint32_t count = s.counts.lit_lengths[c];
    const uint32_t price =
        symbol_price(log2_q8(s.sums[1]), 2 * count + 2, 11 * kPriceOne) +
        kLitLengthExtraBits[c] * kPriceOne;
    s.lit_length_prices[c] = static_cast<int32_t>(price);
    x.add(&s.bits, price * count);
  });
  x.for_each(kMatchLengthCodes, [&](uint32_t c) {
    const uint32_t count = s.counts.match_lengths[c];
    const uint32_t price =
        symbol_price(log2_q8(s.sums[2]), 2 * count + 2, 11 * kPriceOne) +
        kMatchLengthExtraBits[c] * kPriceOne;
    s.match_length_prices[c] = static_cast<int32_t>(price);
    x.add(&s.bits, price * count);
  });
  x.for_each(kOffsetCodes, [&](uint32_t c) {
    const uint32_t count = s.counts.offsets[c];
    const uint32_t price =
        symbol_price(log2_q8(s.sums[3]), 2 * count + 2, 10 * kPriceOne) +
        c * kPriceOne;
    p.offsets[c] = static_cast<int16_t>(price);
    x.add(&s.bits, price * count);
  });
}

// Fills `p` from s.counts of a parse of `n` bytes.
template <class Exec>
GPU_ZSTD_FN void make_prices(Exec& x, PriceShared& s, uint32_t n,
                             PriceTable& p) {
  sum_counts(x, s);
  price_symbols(x, s, p);
  const int32_t average = static_cast<int32_t>(s.bits / n);
  const int32_t most = 8 * static_cast<int32_t>(kPriceOne);
  const int32_t taken_off = average < most ? average : most;
  const auto run_price = [&](uint32_t run) {
    return s.lit_length_prices[lit_length_code(run)];
  };
  x.single([&] { p.average = taken_off; });
  x.for_each(256, [&](uint32_t v) {
    p.literals[v] = static_cast<int16_t>(p.literals[v] - taken_off);
  });
  x.for_each(kPricedRun, [&](uint32_t r) {
    p.run_steps[r] = static_cast<int16_t>(
        r + 1 < kPricedRun ? run_price(r + 1) - run_price(r) : 0);
  });
  x.for_each(kMaxParsedMatch + 1, [&](uint32_t length) {
    const uint32_t priced = length < kMinMatch ? kMinMatch : length;
    p.match_lengths[length] =
        static_cast<int16_t>(s.match_length_prices[match_length_code(priced)] -
                             taken_off * static_cast<int32_t>(priced));
  });
  x.for_each(kOffsetCodes, [&](uint32_t c) {
    p.offsets[c] = static_cast<int16_t>(p.offsets[c] + run_price(0));
  });
}

}  // namespace gpu_zstd
