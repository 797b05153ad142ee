// Prices of literals, lengths and offsets in 1/16 bit, from how often the last
// parse used them.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/device/ways.h"
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
  int32_t average;  // what a position costs
  // All costs have the average cost of the bytes they cover taken off, so that
  // the sum of a good parse stays near 0 and what lies beyond the window may be
  // left out.
  int16_t literals[256];
  // What a literal adds to a run of r literals.
  int16_t run_steps[kPricedRun];
  // Of a match by length; entries below kMinMatch are never chosen.
  int16_t match_lengths[kMaxParsedMatch + 1];
  // Of an offset code together with the empty literal run before it.
  int16_t offsets[kOffsetCodes];
  // The last two as ways (ways.h), with the short lengths.
  alignas(16) int32_t short_lengths[(kShortLengths + 3) / 4 * 4];
  int32_t offset_ways[kOffsetCodes];
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

// Sums of `counts` in halves, each count with what it is taken to be more.
template <class Exec>
GPU_ZSTD_FN void sum_counts(Exec& x, PriceShared& s) {
  x.for_each(5, [&](uint32_t i) { (i < 4 ? s.sums[i] : s.bits) = 0; });
  x.phase([&](uint32_t thread) {
    const auto add_all = [&](const uint32_t* counts, uint32_t count,
                             uint32_t more, uint32_t& sum) {
      for (uint32_t i = thread; i < count; i += x.threads()) {
        x.add(&sum, 2 * counts[i] + more);
      }
    };
    add_all(s.counts.literals, 256, 1, s.sums[0]);
    add_all(s.counts.lit_lengths, kLitLengthCodes, 2, s.sums[1]);
    add_all(s.counts.match_lengths, kMatchLengthCodes, 2, s.sums[2]);
    add_all(s.counts.offsets, kOffsetCodes, 2, s.sums[3]);
  });
}

// Prices by symbol, and the cost of the block at these prices.
template <class Exec>
GPU_ZSTD_FN void price_symbols(Exec& x, PriceShared& s, PriceTable& p) {
  x.phase([&](uint32_t thread) {
    // Sets price(i, count) for all symbols of an alphabet.
    const auto price_all = [&](const uint32_t* counts, uint32_t count,
                               auto price) {
      for (uint32_t i = thread; i < count; i += x.threads()) {
        x.add(&s.bits, price(i, counts[i]) * counts[i]);
      }
    };
    price_all(s.counts.literals, 256, [&](uint32_t v, uint32_t count) {
      const uint32_t price =
          symbol_price(log2_q8(s.sums[0]), 2 * count + 1, 12 * kPriceOne);
      const uint32_t least = price < 10 ? 10 : price;
      p.literals[v] = static_cast<int16_t>(least);
      return least;
    });
    price_all(
        s.counts.lit_lengths, kLitLengthCodes, [&](uint32_t c, uint32_t count) {
          const uint32_t price =
              symbol_price(log2_q8(s.sums[1]), 2 * count + 2, 11 * kPriceOne) +
              kLitLengthExtraBits[c] * kPriceOne;
          s.lit_length_prices[c] = static_cast<int32_t>(price);
          return price;
        });
    price_all(s.counts.match_lengths, kMatchLengthCodes,
              [&](uint32_t c, uint32_t count) {
                const uint32_t price =
                    symbol_price(log2_q8(s.sums[2]), 2 * count + 2,
                                 11 * kPriceOne) +
                    kMatchLengthExtraBits[c] * kPriceOne;
                s.match_length_prices[c] = static_cast<int32_t>(price);
                return price;
              });
    price_all(s.counts.offsets, kOffsetCodes, [&](uint32_t c, uint32_t count) {
      const uint32_t price =
          symbol_price(log2_q8(s.sums[3]), 2 * count + 2, 10 * kPriceOne) +
          c * kPriceOne;
      p.offsets[c] = static_cast<int16_t>(price);
      return price;
    });
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
  x.for_each(256, [&](uint32_t i) {
    if (i == 0) p.average = taken_off;
    p.literals[i] = static_cast<int16_t>(p.literals[i] - taken_off);
    const uint32_t length = i < kMinMatch ? kMinMatch : i;
    p.match_lengths[i] =
        static_cast<int16_t>(s.match_length_prices[match_length_code(length)] -
                             taken_off * static_cast<int32_t>(length));
    if (i < kShortLengths) {
      p.short_lengths[i] = make_way(p.match_lengths[i], i);
    }
    if (i < kPricedRun) {
      p.run_steps[i] = static_cast<int16_t>(
          i + 1 < kPricedRun ? run_price(i + 1) - run_price(i) : 0);
    }
    if (i < kOffsetCodes) {
      p.offsets[i] = static_cast<int16_t>(p.offsets[i] + run_price(0));
      p.offset_ways[i] = make_way(p.offsets[i], 0);
    }
  });
}
static_assert(kMaxParsedMatch == 255, "as many lengths as literals");

}  // namespace gpu_zstd
