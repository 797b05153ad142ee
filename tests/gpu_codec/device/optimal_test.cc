#include "gpu_codec/device/optimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/mark_taken.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/rep_intervals.h"
#include "gpu_codec/device/rep_lengths.h"
#include "gpu_codec/device/repcodes.h"
#include "gpu_codec/device/walk_full.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {
namespace {

constexpr uint32_t kPreset = 5;
constexpr Preset kP = kPresetTable[kPreset];
static_assert(kP.lengths == MatchLengths::kFull);

PriceTable random_prices(std::mt19937& random, uint32_t n) {
  PriceShared shared{};
  for (uint32_t& count : shared.counts.literals) count = random() % 9;
  for (uint32_t& count : shared.counts.lit_lengths) count = random() % 40;
  for (uint32_t& count : shared.counts.match_lengths) count = random() % 40;
  for (uint32_t& count : shared.counts.offsets) count = random() % 40;
  PriceTable prices{};
  HostBlockExec x(64);
  make_prices<kP.lengths>(x, shared, n, 0, prices);
  return prices;
}

// A block of few symbols and a parse of it with random repcodes.
struct ParsedBlock {
  std::vector<uint8_t> data;
  std::vector<uint32_t> starts, before, positions, words;
  std::vector<uint32_t> begins;
  std::vector<RepHistory> histories;
  std::vector<RepInterval> intervals;
  MatchList list{};

  ParsedBlock(std::mt19937& random, uint32_t n)
      : data(n + kDataPadding), starts(n / 32 + 2), before(n / 32 + 2) {
    for (uint32_t i = 0; i < n; ++i) {
      data[i] = static_cast<uint8_t>(random() % 16 == 0);
    }
    uint32_t end = 0;
    const auto add_interval = [&] {
      const uint32_t first = random() % 20;
      const uint32_t second = random() % 9;
      begins.push_back(end);
      histories.push_back({{first, second, 300}});
    };
    add_interval();
    for (uint32_t i = random() % 9; i + 40 < n; i = end + random() % 9) {
      const uint32_t length = kMinMatch + random() % 30;
      starts[i / 32] |= 1u << (i % 32);
      positions.push_back(i);
      words.push_back(make_candidate(1, length));
      end = i + length;
      add_interval();
    }
    begins.push_back(n);
    for (uint32_t k = 0; k < histories.size(); ++k) {
      intervals.push_back(make_interval<kP.reps>(data.data(), n, begins[k],
                                                 begins[k + 1], histories[k]));
    }
    for (uint32_t w = 0, k = 0; w < starts.size(); ++w) {
      before[w] = k;
      k += count_ones(starts[w]);
    }
    list = {starts.data(),    before.data(),
            positions.data(), words.data(),
            intervals.data(), static_cast<uint32_t>(words.size())};
  }
};

// Found by so many threads, each with a row of positions.
void expect_rep_lengths(std::mt19937& random, uint32_t n, uint32_t threads) {
  ParsedBlock block(random, n);
  const PriceTable prices = random_prices(random, n);
  const uint32_t segments = n / kDpSegment + 1;
  std::vector<uint32_t> found(segments * kDpSegment, ~0u);
  HostBlockExec x(threads);
  find_rep_lengths<kPreset>(x, block.data.data(), n, block.list, prices,
                            segments, found.data());
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t k = matches_done(block.list, i);
    const uint32_t word = found[walk_place<kPreset>(i, segments)];
    for (uint32_t r = 0; r < kP.reps; ++r) {
      const uint32_t offset = block.histories[k].offsets[r];
      const uint32_t limit = std::min(n - i, kMaxParsedMatch);
      const uint32_t length =
          offset == 0 || offset > i
              ? 0
              : match_length(block.data.data(), i, i - offset, limit);
      ASSERT_EQ((word >> (8 * r)) & 255u, length) << i;
    }
    ASSERT_EQ(static_cast<int32_t>(literal_price_of(word)),
              prices.literals[block.data[i]]);
  }
}

TEST(RepLengths, AreThoseOfTheRepcodesAtThePosition) {
  std::mt19937 random(1);
  for (uint32_t n : {1u, 3u, 31u, 32u, 33u, 64u, 700u, 2050u}) {
    for (uint32_t threads : {1u, 5u, 64u, 1024u}) {
      SCOPED_TRACE(std::to_string(n) + " by " + std::to_string(threads));
      expect_rep_lengths(random, n, threads);
    }
  }
}

TEST(WalkPlace, KeepsFourNeighboursTogetherAndNoTwoInOnePlace) {
  constexpr uint32_t kSegments = 5;
  std::vector<uint32_t> taken(kSegments * kDpSegment);
  for (uint32_t i = 0; i < taken.size(); ++i) {
    const uint32_t place = walk_place<kPreset>(i, kSegments);
    ASSERT_LT(place, taken.size());
    ++taken[place];
    EXPECT_EQ(place % 4, i % 4);
    EXPECT_EQ(place / 4, walk_place<kPreset>(i / 4 * 4, kSegments) / 4);
  }
  EXPECT_EQ(std::count(taken.begin(), taken.end(), 1u), taken.size());
}

TEST(MarkTaken, TellsMatchesAndLiteralsFromWhatIsCovered) {
  constexpr uint32_t kBytes = 1000;
  std::mt19937 random(3);
  std::vector<uint16_t> choices(1024);
  for (uint32_t i = 0; i < kBytes; ++i) {
    const uint32_t length = random() % 3 == 0 ? kMinMatch + random() % 60 : 0;
    const bool fits = length != 0 && i + length <= kBytes;
    choices[choice_place(i)] =
        static_cast<uint16_t>(fits ? make_choice(random() % 5, length) : 0);
  }
  std::vector<uint32_t> starts(kBytes / 32 + 2, ~0u);
  std::vector<uint32_t> literals = starts;
  HostBlockExec x(64);
  mark_taken(x, choices.data(), kBytes, starts.data(),
             {literals.data(), nullptr, nullptr, 0});
  uint32_t next = 0;
  for (uint32_t i = 0; i < kBytes; ++i) {
    const uint32_t length = choice_length(choices[choice_place(i)]);
    const bool reached = i == next;
    EXPECT_EQ(starts[i / 32] >> (i % 32) & 1u, reached && length != 0) << i;
    EXPECT_EQ(literals[i / 32] >> (i % 32) & 1u, reached && length == 0) << i;
    if (reached) next += length != 0 ? length : 1;
  }
}

// What segments are walked with: the matches at each of the block's `n`
// positions.
struct Matches {
  static constexpr uint32_t kSegments = 3;  // there is room for
  uint32_t n;
  std::vector<uint32_t> nearest = std::vector<uint32_t>(kSegments * kDpSegment);
  std::vector<uint32_t> longest = nearest;
  std::vector<uint32_t> reps = nearest;

  Matches(std::mt19937& random, uint32_t bytes) : n(bytes) {
    const auto length = [&](uint32_t x) {
      const uint32_t most = std::min(n - x, kMaxParsedMatch);
      const uint32_t any = random() % (random() % 2 ? 12 : 60);
      return any < kMinMatch || any > most ? 0 : any;
    };
    for (uint32_t x = 0; x < n; ++x) {
      const uint32_t place = walk_place<kPreset>(x, Matches::kSegments);
      const auto match = [&] {
        const uint32_t l = length(x);
        return l == 0 ? 0 : with_code(make_candidate(1 + random() % 9000, l));
      };
      nearest[place] = match();
      longest[place] = match();
      reps[place] =
          length(x) | length(x) << 8 | length(x) << 16 | (random() % 193) << 24;
    }
  }
};

// Costs of the first segment by trying everything.
class Reference {
 public:
  // `behind` are the costs from position `end` on, to where the farthest length
  // leads; there `run` literals come first.
  Reference(const Matches& matches, const PriceTable& prices, uint32_t end,
            const std::vector<int32_t>& behind, uint32_t run)
      : matches_(matches), prices_(prices), costs_(end), run_(run) {
    for (int32_t cost : behind) costs_.push_back(cost);
  }

  // What choice (source, length) costs at x; costs behind x are known.
  int32_t cost(uint32_t x, uint32_t source, uint32_t length) const {
    const uint32_t place = walk_place<kPreset>(x, Matches::kSegments);
    if (length == 0) {
      return costs_[x + 1] +
             static_cast<int32_t>(literal_price_of(matches_.reps[place])) +
             (prices_.run_steps[run_] >> kWayBits);
    }
    const int32_t offset = offset_way(x, source) >> kWayBits;
    const int32_t price =
        (length < kShortLengths ? prices_.short_lengths[length]
                                : prices_.length_ways[length]) >>
        kWayBits;
    const uint32_t to = std::min(length, kDpRing - 1);
    return offset + price + costs_[x + to];
  }

  int32_t cheapest(uint32_t x) const {
    int32_t best = cost(x, 0, 0);
    const uint32_t reps =
        matches_.reps[walk_place<kPreset>(x, Matches::kSegments)];
    uint32_t longest_rep = 0;
    for (uint32_t r = 0; r < kP.reps; ++r) {
      const uint32_t length = (reps >> (8 * r)) & 255u;
      best = std::min(best, short_cost(x, kFromRep0 + r, length));
      if (length > ((reps >> (8 * longest_rep)) & 255u)) longest_rep = r;
    }
    const uint32_t rep_length = (reps >> (8 * longest_rep)) & 255u;
    for (uint32_t k = 0; k < kP.long_rep_tries; ++k) {
      if (rep_length < kShortLengths + k) break;
      best = std::min(best, cost(x, kFromRep0 + longest_rep, rep_length - k));
    }
    for (uint32_t source : {kFromNearest, kFromLongest}) {
      best = std::min(best,
                      short_cost(x, source, candidate_length(word(x, source))));
    }
    const uint32_t length = candidate_length(word(x, kFromLongest));
    for (uint32_t k = 0; k < kP.long_tries; ++k) {
      if (length < kShortLengths + k) break;
      best = std::min(best, cost(x, kFromLongest, length - k));
    }
    return best;
  }

  // Takes what is cheapest at x, where no choice is known; a literal goes on
  // with a run.
  void take_cheapest(uint32_t x) {
    const int32_t best = cheapest(x);
    take(x, best, best == cost(x, 0, 0) ? 0 : kMinMatch);
  }

  uint32_t run() const { return run_; }

  void take(uint32_t x, int32_t cost, uint32_t length) {
    costs_[x] = cost;
    run_ = length != 0 ? 0 : std::min(run_ + 1, kPricedRun - 1);
  }

 private:
  int32_t offset_way(uint32_t x, uint32_t source) const {
    if (source < kFromNearest) return prices_.repcodes[source];
    const uint32_t code = candidate_code(word(x, source));
    return source == kFromNearest ? prices_.nearest[code]
                                  : prices_.longest[code];
  }

  uint32_t word(uint32_t x, uint32_t source) const {
    const uint32_t place = walk_place<kPreset>(x, Matches::kSegments);
    return source == kFromNearest ? matches_.nearest[place]
                                  : matches_.longest[place];
  }

  int32_t short_cost(uint32_t x, uint32_t source, uint32_t length) const {
    int32_t best = cost(x, 0, 0);
    const uint32_t most = std::min(length, kShortLengths - 1);
    for (uint32_t l = kMinMatch; l <= most; ++l) {
      best = std::min(best, cost(x, source, l));
    }
    return best;
  }

  const Matches& matches_;
  const PriceTable& prices_;
  std::vector<int32_t> costs_;
  uint32_t run_;
};

// The memory of a block's walks, which have a column each.
struct WalkMemory {
  std::vector<uint16_t> costs = std::vector<uint16_t>(32 * kDpRing);
  std::vector<int32_t> ways = std::vector<int32_t>(32 * kShortLengths);
  std::vector<uint16_t> kept =
      std::vector<uint16_t>(Matches::kSegments * kDpSegment);
  std::vector<uint16_t> choices =
      std::vector<uint16_t>(Matches::kSegments * kDpSegment);

  DpMemory memory() { return {costs.data(), ways.data(), 32, kept.data()}; }

  uint16_t& kept_at(uint32_t i) {
    return kept[walk_place<kPreset>(i, Matches::kSegments)];
  }

  // Walks the segments of a block in turn, as a pass does.
  void walk(const Matches& matches, const PriceTable& prices, bool first) {
    HostBlockExec x(64);
    const DpInput<kPreset> in{nullptr,
                              matches.n,
                              matches.nearest.data(),
                              matches.longest.data(),
                              matches.reps.data(),
                              Matches::kSegments,
                              first ? kP.window : 0,
                              &prices};
    begin_costs<kPreset>(x, memory(), matches.n, 0, Matches::kSegments, !first);
    for (uint32_t s = 0; s * kDpSegment < matches.n; ++s) {
      FullWalk<kPreset>(in, memory(), s, s * kDpSegment).run(choices.data());
    }
    keep_costs<kPreset>(x, memory(), matches.n, 0, Matches::kSegments);
  }

  // Expects that each choice in the first segment is the cheapest, and that
  // its costs are kept, and the run that it begins with.
  void expect_cheapest(Reference reference, uint32_t end) {
    for (uint32_t x = end; x-- > 0;) {
      if (x >= kDpSegment) {
        reference.take_cheapest(x);
        continue;
      }
      const uint32_t choice = choices[choice_place(x)];
      const int32_t cost =
          reference.cost(x, choice_source(choice), choice_length(choice));
      ASSERT_EQ(cost, reference.cheapest(x)) << x;
      reference.take(x, cost, choice_length(choice));
      if (x + 1 < kDpSegment) {
        ASSERT_EQ(kept_at(x), cost) << x;
      }
    }
    EXPECT_EQ(kept_at(kDpSegment - 1), kCostBias + reference.run());
  }
};

TEST(FullWalk, ChoosesTheCheapestWayAtEachPositionOfABlocksEnd) {
  std::mt19937 random(2);
  const std::vector<int32_t> behind(kDpRing, kCostBias);
  for (uint32_t round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const uint32_t n = 1 + random() % kDpSegment;
    const Matches matches(random, n);
    const PriceTable prices = random_prices(random, 500);
    for (bool first : {true, false}) {
      WalkMemory w;
      w.walk(matches, prices, first);
      w.expect_cheapest({matches, prices, n, behind, kPricedRun - 1}, n);
    }
  }
}

TEST(FullWalk, TakesWhatIsBehindAWindowForAverageInTheFirstPass) {
  std::mt19937 random(4);
  const std::vector<int32_t> behind(kDpRing, kCostBias);
  for (uint32_t round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    const Matches matches(random, Matches::kSegments * kDpSegment - 5);
    const PriceTable prices = random_prices(random, 500);
    WalkMemory w;
    w.walk(matches, prices, true);
    const uint32_t end = kDpSegment + kP.window;
    w.expect_cheapest({matches, prices, end, behind, 0}, end);
  }
}

TEST(FullWalk, BeginsWithTheLastPassesCostsOfTheNextSegment) {
  std::mt19937 random(5);
  for (uint32_t round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const uint32_t n = kDpSegment + 1 + random() % (2 * kDpSegment);
    const Matches matches(random, n);
    const PriceTable prices = random_prices(random, 500);
    WalkMemory w;
    for (uint32_t i = 0; i < w.kept.size(); ++i) {
      const uint32_t any = kCostBias + random() % 4000 - 2000;
      w.kept_at(i) = static_cast<uint16_t>(i < n ? any : kCostBias);
    }
    const uint32_t run = random() % kPricedRun;
    for (uint32_t s = 1; s <= Matches::kSegments; ++s) {
      w.kept_at(s * kDpSegment - 1) = static_cast<uint16_t>(kCostBias + run);
    }
    std::vector<int32_t> behind(kDpRing);
    for (uint32_t k = 0; k < kDpRing; ++k) {
      const uint32_t i = kDpSegment + k;
      behind[k] = w.kept_at(i) - w.kept_at(kDpSegment) + kCostBias;
    }
    w.walk(matches, prices, false);
    w.expect_cheapest({matches, prices, kDpSegment, behind, run}, kDpSegment);
  }
}

TEST(MakePrices, MatchesThatLeaveThePeriodPayForTheWayBack) {
  constexpr uint32_t kPeriod = 24;
  PriceShared shared{};
  shared.counts.offsets[0] = 400;
  shared.counts.offsets[1] = 20;
  PriceTable without{};
  PriceTable with{};
  HostBlockExec x(64);
  make_prices<kP.lengths>(x, shared, 4096, 0, without);
  make_prices<kP.lengths>(x, shared, 4096, kPeriod, with);
  const uint32_t own = offset_code(kPeriod + kRepcodes);
  for (uint32_t code = 2; code < kOffsetCodes; ++code) {
    const int32_t dearer =
        (with.longest[code] - without.longest[code]) >> kWayBits;
    EXPECT_EQ(with.nearest[code] - without.nearest[code],
              with.longest[code] - without.longest[code]);
    if (code == own) {
      EXPECT_EQ(dearer, 0);
    } else {
      EXPECT_GT(dearer, static_cast<int32_t>(kPriceOne));
    }
  }
  EXPECT_EQ(with.repcodes[0], without.repcodes[0]);
  EXPECT_EQ(with.repcodes[1], without.repcodes[1]);
}

TEST(DpCosts, AreTheNearestThatFit) {
  EXPECT_EQ(ring_cost(-1), 0);
  EXPECT_EQ(ring_cost(0), 0);
  EXPECT_EQ(ring_cost(65535), 65535);
  EXPECT_EQ(ring_cost(65536), 65535);
}

}  // namespace
}  // namespace gpu_zstd
