#include "gpu_codec/device/match_list.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/repcodes.h"

namespace gpu_zstd {
namespace {

constexpr uint32_t kGroup = 8;

// True matches of short random bytes of few values, some touching.
struct Parse {
  std::vector<uint8_t> data;
  std::vector<uint32_t> positions;
  std::vector<uint32_t> words;

  Parse(uint32_t n, uint32_t seed) : data(n + kDataPadding) {
    std::mt19937 random(seed);
    for (uint32_t i = 0; i < n; ++i) data[i] = random() % 2;
    for (uint32_t i = 1; i < n;) {
      const uint32_t offset = 1 + random() % i;
      const uint32_t length =
          match_length(data.data(), i, i - offset, smaller(n - i, 12));
      const bool taken = length >= kMinMatch;
      if (taken) {
        positions.push_back(i);
        words.push_back(make_candidate(offset, length));
      }
      i += taken ? length + random() % 3 : 1;
    }
  }

  MatchList list() {
    MatchList result{};
    result.positions = positions.data();
    result.words = words.data();
    result.count = static_cast<uint32_t>(words.size());
    return result;
  }

  template <uint32_t kInGroup = kGroup>
  void replace(uint32_t threads) {
    HostBlockExec x(threads);
    MatchList all = list();
    prefer_repcodes<kInGroup>(x, data.data(), initial_history(), all);
  }

  // Sequences that must write an offset.
  uint32_t new_offsets() {
    const MatchList all = list();
    RepHistory h = initial_history();
    uint32_t count = 0;
    for (uint32_t k = 0; k < all.count; ++k) {
      const uint32_t offset = candidate_offset(words[k]);
      const uint32_t run = run_before(all, k);
      const bool merged = run == 0 && offset == h.offsets[0];
      count += !merged && resolve_offset(h, offset, run) > kRepcodes ? 1 : 0;
      push_offset(h, offset);
    }
    return count;
  }
};

template <uint32_t kInGroup>
void expect_equal_of_all_threads() {
  for (uint32_t n : {1u, 40u, 300u, 5000u}) {
    Parse one(n, n);
    one.replace<kInGroup>(1);
    for (uint32_t threads : {2u, 3u, 32u, 1024u}) {
      Parse other(n, n);
      other.replace<kInGroup>(threads);
      ASSERT_EQ(other.words, one.words) << n << ", " << threads;
    }
  }
}

TEST(PreferRepcodes, DoesNotDependOnTheThreads) {
  expect_equal_of_all_threads<1>();
  expect_equal_of_all_threads<2>();
  expect_equal_of_all_threads<kGroup>();
}

TEST(PreferRepcodes, LeavesTrueMatchesWithFewerNewOffsets) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    Parse parse(3000, seed);
    const std::vector<uint32_t> before = parse.words;
    const uint32_t new_before = parse.new_offsets();
    parse.replace(64);
    for (uint32_t k = 0; k < before.size(); ++k) {
      const uint32_t i = parse.positions[k];
      const uint32_t offset = candidate_offset(parse.words[k]);
      const uint32_t length = candidate_length(before[k]);
      ASSERT_EQ(candidate_length(parse.words[k]), length);
      ASSERT_LE(offset, i);
      ASSERT_EQ(match_length(parse.data.data(), i, i - offset, length), length);
    }
    ASSERT_LT(parse.new_offsets(), new_before);
  }
}

// The offsets that come out of matches in a text; they do not touch.
std::vector<uint32_t> replaced_offsets(const std::string& text,
                                       std::vector<uint32_t> positions,
                                       std::vector<uint32_t> words) {
  std::vector<uint8_t> data(text.begin(), text.end());
  data.resize(text.size() + kDataPadding);
  MatchList list{};
  list.positions = positions.data();
  list.words = words.data();
  list.count = static_cast<uint32_t>(words.size());
  HostBlockExec x(4);
  prefer_repcodes<kGroup>(x, data.data(), initial_history(), list);
  std::vector<uint32_t> offsets;
  for (const uint32_t word : words) offsets.push_back(candidate_offset(word));
  return offsets;
}

// One of the two then need not write it.
TEST(PreferRepcodes, TakesTheNextOffset) {
  const std::vector<uint32_t> offsets =
      replaced_offsets("wxyzKwxyzLmnop123456wxyz7mnop", {20, 25},
                       {make_candidate(20, 4), make_candidate(15, 4)});
  EXPECT_EQ(offsets, (std::vector<uint32_t>{15, 15}));
}

TEST(PreferRepcodes, TakesTheOffsetAfterTheNext) {
  const std::vector<uint32_t> offsets = replaced_offsets(
      "wxyzKwxyzLghijE12mnop34wxyz7ABghij8mnop", {23, 30, 35},
      {make_candidate(23, 4), make_candidate(20, 4), make_candidate(18, 4)});
  EXPECT_EQ(offsets, (std::vector<uint32_t>{18, 20, 18}));
}

}  // namespace
}  // namespace gpu_zstd
