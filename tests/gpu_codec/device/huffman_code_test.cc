#include "gpu_codec/device/huffman_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <queue>
#include <random>
#include <ranges>
#include <utility>
#include <vector>

#include "gpu_codec/device/exec_host.h"

namespace gpu_zstd {
namespace {

using Counts = std::vector<uint32_t>;

using Warp = HostExec<kWarpThreads>;

struct RankedValues {
  HuffmanCodeShared shared;
  HuffmanScratch scratch;
};

// Ranks the values and counts their logarithms.
std::unique_ptr<RankedValues> rank_values(const Counts& counts) {
  Warp x;
  auto ranked = std::make_unique<RankedValues>();
  auto& [s, scratch] = *ranked;
  for (uint32_t v = 0; v < kByteValues; ++v) set_key(s, v, counts[v]);
  for (uint32_t g = 0; g < kValueGroups; ++g) sort_group(x, s, scratch.sums, g);
  for (uint32_t g = 0; g < kValueGroups; ++g) {
    rank_symbols(x, s, scratch.sums, g);
  }
  count_logs(x, s, scratch.up_to);
  return ranked;
}

HuffmanCode make_code(
    const Counts& counts,
    const HuffmanLimits& limits = huffman_limits(kMaxBlockBytes)) {
  Warp x;
  HuffmanCode code{};
  const auto ranked = rank_values(counts);
  auto& [shared, scratch] = *ranked;
  leave_out_tries(x, shared, limits.count);
  for (uint32_t i = 0; i < limits.count; ++i) {
    try_code(x, shared, scratch.up_to, limits.longest, i);
  }
  const HuffmanTry& best = best_try(shared);
  for (uint32_t i = 0; i < kByteValues; ++i) set_length(shared, best, code, i);
  for (uint32_t g = 0; g < kValueGroups; ++g) assign_codes(x, best, code, g);
  return code;
}

// Counts of literals of one block.
Counts random_counts(std::mt19937& random, uint32_t symbols, uint32_t spread) {
  Counts counts(256, 0);
  for (uint32_t i = 0; i < symbols; ++i) {
    const uint32_t most = 1u << (random() % spread);
    const uint32_t count = 1 + random() % most;
    counts[random() % 256] += count;
  }
  while (std::accumulate(counts.begin(), counts.end(), 0u) > kMaxBlockBytes) {
    for (uint32_t& count : counts) count = (count + 1) / 2;
  }
  return counts;
}

// The same with a random number of symbols and a random spread. Drawn one after
// the other: in which order arguments are evaluated is the compiler's choice.
Counts random_counts(std::mt19937& random, uint32_t least_symbols,
                     uint32_t most_symbols, uint32_t most_spread) {
  const uint32_t symbols =
      least_symbols + random() % (most_symbols - least_symbols + 1);
  const uint32_t spread = 1 + random() % most_spread;
  return random_counts(random, symbols, spread);
}

uint32_t occurring(const Counts& counts) {
  uint32_t n = 0;
  for (const uint32_t count : counts) n += count > 0 ? 1 : 0;
  return n;
}

// Bits of an unrestricted Huffman code, by the textbook's queue; the longest
// code's length in *depth.
uint64_t huffman_bits(const Counts& counts, uint32_t* depth) {
  struct Node {
    uint64_t count;
    uint32_t depth;
    bool operator>(const Node& other) const {
      return count != other.count ? count > other.count : depth > other.depth;
    }
  };
  std::priority_queue<Node, std::vector<Node>, std::greater<>> queue;
  for (const uint32_t count : counts) {
    if (count > 0) queue.push({count, 0});
  }
  uint64_t bits = 0;
  while (queue.size() > 1) {
    const Node a = queue.top();
    queue.pop();
    const Node b = queue.top();
    queue.pop();
    bits += a.count + b.count;
    queue.push({a.count + b.count, std::max(a.depth, b.depth) + 1});
  }
  *depth = queue.top().depth;
  return bits;
}

uint64_t coded_bits(const Counts& counts, const HuffmanCode& code) {
  uint64_t bits = 0;
  for (uint32_t v = 0; v < 256; ++v) {
    bits += uint64_t{counts[v]} * code.lengths[v];
  }
  return bits;
}

void expect_complete(const Counts& counts, const HuffmanCode& code) {
  uint32_t kraft = 0;
  uint32_t longest = 0;
  for (uint32_t v = 0; v < 256; ++v) {
    const uint32_t length = code.lengths[v];
    ASSERT_EQ(length > 0, counts[v] > 0) << v;
    ASSERT_LE(length, kMaxHuffmanBits);
    if (length > 0) kraft += 1u << (kMaxHuffmanBits - length);
    longest = std::max(longest, length);
  }
  ASSERT_EQ(kraft, 1u << kMaxHuffmanBits);
  ASSERT_EQ(code.max_bits, longest);
}

TEST(HuffmanRanks, AreThoseOfASortByCountAndValue) {
  std::mt19937 random(4);
  for (uint32_t round = 0; round < 500; ++round) {
    const Counts counts = random_counts(random, 1, 600, 17);
    const auto ranked = rank_values(counts);
    const HuffmanCodeShared& s = ranked->shared;
    const uint16_t* up_to = ranked->scratch.up_to;
    std::vector<std::pair<uint32_t, uint32_t>> sorted;
    for (uint32_t v = 0; v < 256; ++v) {
      if (counts[v] > 0) sorted.emplace_back(counts[v], v);
    }
    ASSERT_EQ(s.symbols, sorted.size());
    ASSERT_EQ(s.max_symbol, std::ranges::max(sorted | std::views::values));
    std::ranges::sort(sorted);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sorted.size(); ++i) {
      ASSERT_EQ(s.sorted_counts[i], sorted[i].first) << i;
      ASSERT_EQ(s.sorted_symbols[i], sorted[i].second) << i;
      ASSERT_EQ(s.count_sums[i], sum) << i;
      sum += sorted[i].first;
    }
    ASSERT_EQ(s.count_sums[sorted.size()], sum);
    ASSERT_EQ(sorted[s.rank_of_max].second, s.max_symbol);
    for (uint32_t log = 0; log < kScaleLogs; ++log) {
      const auto small = [&](const auto& value) {
        return scale_log(value.first) <= log;
      };
      ASSERT_EQ(up_to[log], std::ranges::count_if(sorted, small));
    }
  }
}

// The scale is found by trying all.
TEST(HuffmanLengths, BeginWithTheSmallestScaleOfAPrefixCode) {
  std::mt19937 random(5);
  Warp x;
  for (uint32_t round = 0; round < 300; ++round) {
    const Counts counts = random_counts(random, 2, 501, 17);
    const auto ranked = rank_values(counts);
    const HuffmanCodeShared& s = ranked->shared;
    const uint16_t* up_to = ranked->scratch.up_to;
    const uint32_t n = s.symbols;
    for (uint32_t limit = 1; limit <= kMaxHuffmanBits; ++limit) {
      if (n < 2 || n > 1u << limit) continue;
      HuffmanTry t{};
      const uint32_t room = scale_lengths(x, s, up_to, t, limit);
      const auto length = [&](uint32_t rank, uint32_t scale) {
        const uint32_t log = scale_log(s.sorted_counts[rank]);
        const uint32_t bits = scale > log ? (scale - log) >> kScaleShift : 0;
        return std::clamp(bits, 1u, limit);
      };
      const auto kraft = [&](uint32_t scale) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < n; ++i)
          sum += 1u << (limit - length(i, scale));
        return sum;
      };
      // Below it the most frequent symbol would have less than no bits.
      uint32_t scale = scale_log(s.sorted_counts[n - 1]);
      while (kraft(scale) > 1u << limit) ++scale;
      ASSERT_EQ(room, (1u << limit) - kraft(scale));
      for (uint32_t i = 0; i < n; ++i) {
        ASSERT_EQ(length_of_rank(t, i), length(i, scale)) << i;
      }
    }
  }
}

TEST(HuffmanCode, IsCompleteAndAtMostElevenBits) {
  std::mt19937 random(1);
  for (uint32_t round = 0; round < 3000; ++round) {
    const Counts counts = random_counts(random, 1, 400, 17);
    if (occurring(counts) < 2) continue;
    expect_complete(counts, make_code(counts));
  }
}

TEST(HuffmanCode, KeepsToTheLimitsOfSmallBlocks) {
  const HuffmanLimits limits = huffman_limits(4096);
  std::mt19937 random(4);
  for (uint32_t round = 0; round < 3000; ++round) {
    const Counts counts = random_counts(random, 1, 400, 13);
    if (occurring(counts) < 2) continue;
    const HuffmanCode code = make_code(counts, limits);
    expect_complete(counts, code);
    ASSERT_LE(code.max_bits, limits.longest);
  }
}

TEST(HuffmanCode, IsCompleteForFibonacciCounts) {
  for (uint32_t n = 2; n <= 25; ++n) {
    Counts counts(256, 0);
    uint32_t a = 1;
    uint32_t b = 1;
    for (uint32_t i = 0; i < n; ++i) {
      counts[255 - 7 * i] = a;
      b += a;
      a = b - a;
    }
    expect_complete(counts, make_code(counts));
  }
}

TEST(HuffmanCode, IsCompleteForEqualCounts) {
  for (uint32_t n = 2; n <= 256; ++n) {
    Counts counts(256, 0);
    for (uint32_t v = 0; v < n; ++v) counts[v] = 3;
    expect_complete(counts, make_code(counts));
  }
}

// Where eleven bits suffice and the description is not shortened by a tighter
// limit, the code is close to the best there is.
TEST(HuffmanCode, IsHardlyLongerThanAHuffmanCodeOfItsDepth) {
  std::mt19937 random(2);
  uint32_t compared = 0;
  uint64_t sum = 0;
  uint64_t best_sum = 0;
  for (uint32_t round = 0; round < 2000; ++round) {
    const Counts counts = random_counts(random, 2, 301, 12);
    if (occurring(counts) < 2) continue;
    const HuffmanCode code = make_code(counts);
    uint32_t depth = 0;
    const uint64_t best = huffman_bits(counts, &depth);
    ASSERT_GE(coded_bits(counts, code), best);
    if (code.max_bits < depth) continue;
    ++compared;
    ASSERT_LE(coded_bits(counts, code), best + best / 50 + 1);
    sum += coded_bits(counts, code);
    best_sum += best;
  }
  EXPECT_GT(compared, 200u);
  EXPECT_LE(sum, best_sum + best_sum / 1000);
}

// No code is the beginning of another.
TEST(HuffmanCode, CodesArePrefixFree) {
  std::mt19937 random(3);
  for (uint32_t round = 0; round < 200; ++round) {
    const Counts counts = random_counts(random, 2 + random() % 300, 14);
    if (occurring(counts) < 2) continue;
    const HuffmanCode code = make_code(counts);
    std::vector<bool> taken(1u << kMaxHuffmanBits, false);
    for (uint32_t v = 0; v < 256; ++v) {
      const uint32_t length = code.codes[v] >> kCodeLengthShift;
      ASSERT_EQ(length, code.lengths[v]);
      if (length == 0) continue;
      const uint32_t bits = code.codes[v] & ((1u << kCodeLengthShift) - 1);
      ASSERT_LT(bits, 1u << length);
      const uint32_t first = bits << (kMaxHuffmanBits - length);
      const uint32_t count = 1u << (kMaxHuffmanBits - length);
      for (uint32_t i = first; i < first + count; ++i) {
        ASSERT_FALSE(taken[i]);
        taken[i] = true;
      }
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
