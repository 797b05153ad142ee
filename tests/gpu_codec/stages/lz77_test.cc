// The LZ77 stage alone: its sequences rebuild the block, whatever the data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/long_table.h"
#include "gpu_codec/host_model/lz77_model.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

using host_model::Lz77Block;

// Rebuilds the block as a decoder does, or says what is wrong.
std::string rebuild_fault(const std::vector<uint8_t>& block, int level) {
  const Lz77Block found = host_model::find_sequences(block, level);
  const BlockSequences s = found.view();
  std::vector<uint8_t> out;
  uint32_t literal = 0;
  uint32_t reps[3] = {1, 4, 8};
  for (uint32_t k = 0; k < s.count; ++k) {
    for (uint32_t l = s.lit_length(k); l > 0; --l) {
      if (literal == s.literal_bytes) return "too few literals";
      out.push_back(s.literals[literal++]);
    }
    uint32_t place = 3;
    uint32_t offset = s.off_bases[k] - 3;
    if (s.off_bases[k] <= 3) {
      place = s.off_bases[k] - 1 + (s.lit_length(k) == 0 ? 1 : 0);
      offset = place < 3 ? reps[place] : reps[0] - 1;
    }
    if (place > 1) reps[2] = reps[1];
    if (place > 0) reps[1] = reps[0];
    reps[0] = offset;
    if (offset == 0 || offset > out.size()) return "an offset leads nowhere";
    for (uint32_t m = s.match_length(k); m > 0; --m) {
      out.push_back(out[out.size() - offset]);
    }
  }
  out.insert(out.end(), s.literals + literal, s.literals + s.literal_bytes);
  return out == block ? "" : "the sequences make something else";
}

class Lz77 : public ::testing::TestWithParam<int> {};

TEST_P(Lz77, SequencesRebuildTheBlock) {
  for (const size_t n :
       {1u, 2u, 3u, 4u, 31u, 32u, 33u, 64u, 100u, 4096u, 16384u, 20000u}) {
    for (const testing::NamedChunk& shape : testing::chunk_shapes(n, 21)) {
      ASSERT_EQ(rebuild_fault(shape.bytes, GetParam()), "")
          << shape.name << " of " << n;
    }
  }
}

TEST_P(Lz77, SequencesRebuildALargeBlock) {
  const std::vector<uint8_t> words = testing::wordy_chunk(131072, 1);
  EXPECT_EQ(rebuild_fault(words, GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(Levels, Lz77,
                         ::testing::Values(1, 3, 4, 9, 12, 19, 22));

TEST(Lz77Model, ARunIsMergedToOneOrTwoSequences) {
  const Lz77Block found =
      host_model::find_sequences(std::vector<uint8_t>(131072, 'q'), 3);
  EXPECT_LE(found.off_bases.size(), 2u);
  EXPECT_LE(found.literals.size(), 40u);
}

TEST(Lz77Model, StrongerLevelsDoNotMakeTextLonger) {
  const std::vector<uint8_t> words = testing::wordy_chunk(16384, 4);
  const auto cost = [&](int level) {
    const Lz77Block found = host_model::find_sequences(words, level);
    return found.literals.size() + 3 * found.off_bases.size();
  };
  EXPECT_LT(cost(9), cost(1));
}

// The reference insertion against a search for the latest equal hash.
void expect_latest_occurrences(const std::vector<uint8_t>& chunk, uint32_t n,
                               uint32_t sections) {
  constexpr uint32_t kBits = 10;
  std::vector<uint32_t> heads(sections << kBits);
  std::vector<uint16_t> previous(n + kLazyRow);
  HostBlockExec x(64);
  insert_grams<4>(x, chunk.data(), n, true, {heads.data(), kBits, sections},
                  previous.data());
  for (uint32_t i = 0; i < n; ++i) {
    uint16_t expected = 0xFFFF;
    for (uint32_t j = 0; i + 4 <= n && j < i; ++j) {
      if (gram_hash<4>(chunk.data(), j, kBits) ==
          gram_hash<4>(chunk.data(), i, kBits)) {
        expected = static_cast<uint16_t>(j);
      }
    }
    ASSERT_EQ(previous[i], expected) << i;
  }
  for (uint32_t i = n; i < row_capacity(n); ++i) {
    ASSERT_EQ(previous[i], 0xFFFF) << i;
  }
}

// Blocks that end in the first section, within the second and with it.
TEST(Insert, FindsTheLatestOccurrence) {
  for (const uint32_t n : {2u, 130u, 1500u, 1539u}) {
    for (testing::NamedChunk& shape : testing::chunk_shapes(n, 6)) {
      SCOPED_TRACE(shape.name);
      shape.bytes.resize(n + kDataPadding);
      for (const uint32_t sections : {1u, 2u}) {
        expect_latest_occurrences(shape.bytes, n, sections);
      }
    }
  }
}

TEST(InsertLong, FindsTheLatestVisibleEvenOccurrence) {
  constexpr uint32_t kBytes = 1500;
  constexpr uint32_t kBits = 9;
  for (testing::NamedChunk& shape : testing::chunk_shapes(kBytes, 7)) {
    SCOPED_TRACE(shape.name);
    shape.bytes.resize(kBytes + kDataPadding);
    const auto hash = [&](uint32_t i) {
      return gram_hash<kLongGram>(shape.bytes.data(), i, kBits);
    };
    std::vector<uint16_t> heads(1 << kBits, kNoPosition<uint16_t>);
    std::vector<uint16_t> halves(kBytes + kLazyRow);
    HostExec<kWarpThreads> warp;
    insert_long_grams<false>(warp, shape.bytes.data(), kBytes, true,
                             {heads.data(), halves.data(), kBits});
    for (uint32_t i = 0; i < kBytes; ++i) {
      uint16_t expected = kNoPosition<uint16_t>;
      const uint32_t visible = i / kLongGroup * kLongGroup;
      for (uint32_t j = 0; i + kLongGram <= kBytes && j < visible; j += 2) {
        if (hash(j) == hash(i)) expected = static_cast<uint16_t>(j / 2);
      }
      ASSERT_EQ(halves[i], expected) << i;
    }
  }
}

// Every four bytes of a long string come again, alone, before the string does.
TEST(Lz77Model, LargeBlocksFindLongGramsBehindNearerShortOnes) {
  constexpr uint32_t kString = 60;
  std::vector<uint8_t> block = testing::random_chunk(20000, 8);
  const std::vector<uint8_t> string(block.begin(), block.begin() + kString);
  auto to = block.begin() + 10000;
  for (uint32_t k = 0; k + 4 <= kString; ++k) {
    to = std::copy_n(string.begin() + k, 4, to) + 3;
  }
  std::copy(string.begin(), string.end(), block.begin() + 15000);
  uint32_t longest = 0;
  const Lz77Block found = host_model::find_sequences(block, 3);
  const BlockSequences s = found.view();
  for (uint32_t k = 0; k < s.count; ++k) {
    longest = std::max(longest, s.match_length(k));
  }
  EXPECT_GE(longest, kString - 1);
}

}  // namespace
}  // namespace gpu_zstd
