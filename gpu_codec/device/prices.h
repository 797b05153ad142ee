// Prices of literals, lengths and offsets in 1/16 bit, from how often the last
// parse used them.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/device/parse.h"
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

// All costs have the average cost of the bytes they cover taken off, so that
// the sum of a good parse stays near 0 and what lies beyond the window may be
// left out.
struct PriceTable {
  uint8_t literals[256];  // the average is not taken off
  // What follows are ways (ways.h). First what a literal adds to a run of r
  // literals, less the average.
  int32_t run_steps[kPricedRun];
  // Of a match by length, as the walk tries it: of full ones the lengths that
  // are not short, of light ones all, with what a length lacks of 255, so that
  // of equals the longer one is the smaller way.
  int32_t length_ways[kMaxParsedMatch + 1];
  alignas(16) int32_t short_lengths[(kShortLengths + 3) / 4 * 4];
  // Of offsets together with the empty literal run before them and with where
  // they come from: of the repcodes, and of candidates by offset code.
  alignas(16) int32_t repcodes[4];
  int32_t nearest[kOffsetCodes];
  int32_t longest[kOffsetCodes];
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
  uint32_t log_sums[4];  // literals, literal lengths, match lengths, offsets
  int32_t lit_length_prices[kLitLengthCodes];
  int32_t match_length_prices[kMatchLengthCodes];
  int32_t offset_prices[kOffsetCodes];
};

template <class Exec>
GPU_ZSTD_FN void clear_counts(Exec& x, SymbolCounts& counts) {
  uint32_t* words = reinterpret_cast<uint32_t*>(&counts);
  x.for_each(sizeof(counts) / sizeof(uint32_t),
             [&](uint32_t i) { words[i] = 0; });
}

// Logarithms of the sums of `counts` in halves, each count with what it is
// taken to be more. A warp for each alphabet.
template <class Exec>
GPU_ZSTD_FN void sum_counts(Exec& x, PriceShared& s) {
  x.warps(4, [&]<class Warp>(Warp& warp, uint32_t alphabet) {
    typename Warp::template PerThread<uint32_t> part(warp);
    const auto add_all = [&](const uint32_t* counts, uint32_t count,
                             uint32_t more) {
      warp.phase([&](uint32_t lane) {
        for (uint32_t i = lane; i < count; i += kWarpThreads) {
          part[lane] += 2 * counts[i] + more;
        }
      });
    };
    if (alphabet == 0) {
      add_all(s.counts.literals, 256, 1);
    } else if (alphabet == 1) {
      add_all(s.counts.lit_lengths, kLitLengthCodes, 2);
    } else if (alphabet == 2) {
      add_all(s.counts.match_lengths, kMatchLengthCodes, 2);
    } else {
      add_all(s.counts.offsets, kOffsetCodes, 2);
    }
    const uint32_t sum = warp.sum(part);
    warp.single([&] { s.log_sums[alphabet] = log2_q8(sum); });
  });
}

// Prices a symbol of one of the alphabets, which lie behind each other; returns
// what the parse pays for it.
GPU_ZSTD_FN uint32_t price_symbol(PriceShared& s, PriceTable& p,
                                  uint32_t symbol) {
  const SymbolCounts& counts = s.counts;
  const auto price_of = [&](uint32_t alphabet, uint32_t halves, uint32_t most) {
    return symbol_price(s.log_sums[alphabet], halves, most * kPriceOne);
  };
  if (symbol < 256) {
    const uint32_t count = counts.literals[symbol];
    const uint32_t price = price_of(0, 2 * count + 1, 12);
    const uint32_t least = price < 10 ? 10 : price;
    p.literals[symbol] = static_cast<uint8_t>(least);
    return least * count;
  }
  uint32_t c = symbol - 256;
  if (c < kLitLengthCodes) {
    const uint32_t count = counts.lit_lengths[c];
    const uint32_t price =
        price_of(1, 2 * count + 2, 11) + kLitLengthExtraBits[c] * kPriceOne;
    s.lit_length_prices[c] = static_cast<int32_t>(price);
    return price * count;
  }
  c -= kLitLengthCodes;
  if (c < kMatchLengthCodes) {
    const uint32_t count = counts.match_lengths[c];
    const uint32_t price =
        price_of(2, 2 * count + 2, 11) + kMatchLengthExtraBits[c] * kPriceOne;
    s.match_length_prices[c] = static_cast<int32_t>(price);
    return price * count;
  }
  c -= kMatchLengthCodes;
  const uint32_t count = counts.offsets[c];
  const uint32_t price = price_of(3, 2 * count + 2, 10) + c * kPriceOne;
  s.offset_prices[c] = static_cast<int32_t>(price);
  return price * count;
}

// Prices by symbol; returns the cost of the block at these prices.
template <class Exec>
GPU_ZSTD_FN uint32_t price_symbols(Exec& x, PriceShared& s, PriceTable& p) {
  constexpr uint32_t kSymbols =
      256 + kLitLengthCodes + kMatchLengthCodes + kOffsetCodes;
  typename Exec::template PerThread<uint32_t> bits(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t i = thread; i < kSymbols; i += x.threads()) {
      bits[thread] += price_symbol(s, p, i);
    }
  });
  return x.sum(bits);
}

template <MatchLengths kLengths>
GPU_ZSTD_FN int32_t length_way(int32_t price, uint32_t length) {
  constexpr bool kFull = kLengths == MatchLengths::kFull;
  if (length < (kFull ? kShortLengths : kMinMatch)) return kNoWay;
  return make_way(price, kFull ? length : length ^ 255u);
}

// Fills `p` from s.counts of a parse of `n` bytes. In a block with a period, as
// SearchPeriod finds it, a match that is not at it makes it the second
// repcode, which the match that comes back to it has to pay for.
template <MatchLengths kLengths, class Exec>
GPU_ZSTD_FN void make_prices(Exec& x, PriceShared& s, uint32_t n,
                             uint32_t period, PriceTable& p) {
  sum_counts(x, s);
  const int32_t average = static_cast<int32_t>(price_symbols(x, s, p) / n);
  const int32_t most = 8 * static_cast<int32_t>(kPriceOne);
  const int32_t taken_off = average < most ? average : most;
  const auto way_back = [&](uint32_t code) -> int32_t {
    if (period == 0 || code == offset_code(period + kRepcodes)) return 0;
    const int32_t dearer = s.offset_prices[1] - s.offset_prices[0];
    return dearer > 0 ? kWayBackQuarters * dearer / 4 : 0;
  };
  const auto run_price = [&](uint32_t run) {
    return s.lit_length_prices[lit_length_code(run)];
  };
  x.for_each(256, [&](uint32_t i) {
    const uint32_t length = i < kMinMatch ? kMinMatch : i;
    const int32_t price = s.match_length_prices[match_length_code(length)] -
                          taken_off * static_cast<int32_t>(length);
    p.length_ways[i] = length_way<kLengths>(price, i);
    if (i < kShortLengths) p.short_lengths[i] = make_way(price, i);
    if (i < kPricedRun) {
      const int32_t step =
          i + 1 < kPricedRun ? run_price(i + 1) - run_price(i) : 0;
      p.run_steps[i] = make_way(step - taken_off, 0);
    }
    if (i < kOffsetCodes) {
      const int32_t way =
          make_way(s.offset_prices[i] + way_back(i) + run_price(0), 0);
      p.nearest[i] = way + source_way(kFromNearest);
      p.longest[i] = way + source_way(kFromLongest);
    }
    if (i < kRepcodes) {
      const uint32_t code = i == 0 ? 0 : 1;
      p.repcodes[i] = make_way(s.offset_prices[code] + run_price(0), 0) +
                      source_way(kFromRep0 + i);
    }
  });
}
static_assert(kMaxParsedMatch == 255, "as many lengths as literals");

}  // namespace gpu_zstd
