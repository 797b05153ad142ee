#include "gpu_codec/device/inherit.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

constexpr uint32_t kPreset = 2;
constexpr Preset kP = kPresetTable[kPreset];
static_assert(kP.slots == 1);
constexpr uint32_t kDepth = 3;

// A block and the latest earlier position of each of its grams.
struct HashedBlock {
  std::vector<uint8_t> data;
  uint32_t n;
  std::vector<uint16_t> previous;

  HashedBlock(std::vector<uint8_t> bytes, uint32_t size)
      : data(std::move(bytes)), n(size), previous(size + kLazyRow) {
    data.resize(n);
    data.resize(n + kDataPadding);
    constexpr uint32_t kBits = 10;
    std::vector<uint32_t> heads(1 << kBits);
    HostBlockExec x(64);
    insert_grams<4>(x, data.data(), n, true, {heads.data(), kBits, 1},
                    previous.data());
  }
};

// Bytes at i that equal those before, at most `most` and within the block.
uint32_t length_at(const HashedBlock& block, uint32_t i, uint32_t offset,
                   uint32_t most) {
  uint32_t length = 0;
  while (length < most && i + length < block.n &&
         block.data[i + length] == block.data[i + length - offset]) {
    ++length;
  }
  return length;
}

TEST(FindShortMatch, IsTheLongestOfTheLinks) {
  for (testing::NamedChunk& shape : testing::chunk_shapes(900, 3)) {
    SCOPED_TRACE(shape.name);
    const HashedBlock block(shape.bytes, 900);
    for (uint32_t i = 0; i < block.n; ++i) {
      uint32_t expected = 0;
      uint32_t longest = 3;
      uint32_t link = block.previous[i];
      for (uint32_t step = 0; step < kDepth && link < i; ++step) {
        const uint32_t length = length_at(block, i, i - link, kShortCompare);
        if (length > longest) {
          longest = length;
          expected = make_candidate(i - link, length);
        }
        link = block.previous[link];
      }
      ASSERT_EQ(find_short_match<kDepth>(block.data.data(), block.n, i,
                                         block.previous.data()),
                expected)
          << i;
    }
  }
}

// Both walks of a table's chain, whatever was found before.
template <uint32_t kOther, uint32_t kTable>
void expect_same_walks(const HashedBlock& block) {
  std::mt19937 random(7);
  for (uint32_t i = 0; i < block.n; ++i) {
    const uint32_t length = random() % 20;
    const uint32_t word = length > 2 ? make_candidate(1 + i / 2, length) : 0;
    const CandidateSlots before{word, word};
    CandidateSlots expected = before;
    walk_chain<kOther, kTable>(block.data.data(), block.n, i,
                               block.previous.data(), expected);
    CandidateSlots found = before;
    walk_first_chain<kOther, kTable>(block.data.data(), block.n, i,
                                     block.previous.data(), found);
    ASSERT_EQ(found.nearest, expected.nearest) << i;
    ASSERT_EQ(found.longest, expected.longest) << i;
  }
}

TEST(WalkFirstChain, FindsWhatAWalkLinkByLinkDoes) {
  for (uint32_t n : {1u, 4u, 9u, 900u}) {
    for (testing::NamedChunk& shape : testing::chunk_shapes(n, 4)) {
      SCOPED_TRACE(shape.name);
      const HashedBlock block(shape.bytes, n);
      expect_same_walks<3, 0>(block);
      expect_same_walks<4, 0>(block);
      expect_same_walks<5, 1>(block);
    }
  }
}

// The block's candidates before and after the inheritance.
struct Candidates {
  std::vector<uint32_t> own;
  std::vector<uint32_t> inherited;

  explicit Candidates(const HashedBlock& block)
      : own(block.n + 4), inherited(block.n + 4, ~0u) {
    for (uint32_t i = 0; i < block.n; ++i) {
      own[i] = find_short_match<kDepth>(block.data.data(), block.n, i,
                                        block.previous.data());
    }
    Lz77Memory<kPreset, uint16_t> memory{};
    memory.data = block.data.data();
    memory.n = block.n;
    memory.longest[0] = own.data();
    memory.longest[1] = inherited.data();
    HostBlockExec x(64);
    inherit_candidates<kPreset>(x, memory);
  }
};

uint32_t gain_of(uint32_t word) { return word != 0 ? candidate_gain(word) : 0; }

TEST(Inherit, LeavesTrueMatchesNoWorseThanTheirOwnAndTheirNeighbours) {
  for (uint32_t n : {1u, 5u, 35u, 36u, 37u, 39u, 73u, 1500u}) {
    for (testing::NamedChunk& shape : testing::chunk_shapes(n, 5)) {
      SCOPED_TRACE(shape.name);
      const HashedBlock block(shape.bytes, n);
      const Candidates found(block);
      for (uint32_t i = 0; i < n; ++i) {
        const uint32_t word = found.inherited[i];
        if (word != 0) {
          ASSERT_LE(candidate_offset(word), i);
          ASSERT_EQ(
              length_at(block, i, candidate_offset(word), kMaxParsedMatch),
              candidate_length(word))
              << i;
        }
        if (candidate_length(word) < kNiceLength && found.own[i] != 0) {
          const uint32_t offset = candidate_offset(found.own[i]);
          const uint32_t length = length_at(block, i, offset, kMaxParsedMatch);
          ASSERT_GE(gain_of(word), match_gain(offset, length)) << i;
        }
        if (i % kInheritRow != 0 && i + 1 < n) {
          const uint32_t right =
              from_right(block.data.data(), i, found.inherited[i + 1]);
          ASSERT_GE(gain_of(word), gain_of(right)) << i;
        }
      }
      for (uint32_t i = n; i % 4 != 0; ++i) ASSERT_EQ(found.inherited[i], 0u);
    }
  }
}

// The longest of the first two links of each position, whole.
std::vector<uint32_t> longest_candidates(const HashedBlock& block) {
  std::vector<uint32_t> words(block.n + 4);
  for (uint32_t i = 0; i < block.n; ++i) {
    const uint32_t word = find_short_match<2>(block.data.data(), block.n, i,
                                              block.previous.data());
    if (word == 0) continue;
    const uint32_t offset = candidate_offset(word);
    words[i] =
        make_candidate(offset, length_at(block, i, offset, kMaxParsedMatch));
  }
  return words;
}

TEST(InheritLongest, LeavesTrueMatchesNoShorterThanNeighbours) {
  for (uint32_t n : {1u, 5u, 35u, 36u, 37u, 39u, 73u, 1500u}) {
    for (testing::NamedChunk& shape : testing::chunk_shapes(n, 6)) {
      SCOPED_TRACE(shape.name);
      const HashedBlock block(shape.bytes, n);
      const std::vector<uint32_t> own = longest_candidates(block);
      std::vector<uint32_t> words = own;
      Lz77Memory<3, uint16_t> memory{};
      memory.data = block.data.data();
      memory.n = n;
      memory.longest[0] = words.data();
      HostBlockExec x(64);
      inherit_longest(x, memory);
      for (uint32_t i = 0; i < n; ++i) {
        const uint32_t length = candidate_length(words[i]);
        ASSERT_GE(length, candidate_length(own[i])) << i;
        if (length != 0) {
          const uint32_t offset = candidate_offset(words[i]);
          ASSERT_LE(offset, i);
          ASSERT_EQ(length_at(block, i, offset, kMaxParsedMatch), length) << i;
        }
        if (i % kInheritRow == 0 || i + 1 >= n) continue;
        const uint32_t right = from_right(block.data.data(), i, words[i + 1]);
        ASSERT_GE(length, candidate_length(right)) << i;
      }
      for (uint32_t i = n; i % 4 != 0; ++i) ASSERT_EQ(words[i], 0u);
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
