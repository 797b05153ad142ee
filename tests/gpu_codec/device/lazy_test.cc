#include "gpu_codec/device/lazy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gpu_codec/device/lazy_choice.h"
#include "gpu_codec/params.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

TEST(TakesMatch, UnlessOneOfTheNextTwoSavesEnoughMore) {
  EXPECT_FALSE(takes_match(0, 0, 0));
  EXPECT_TRUE(takes_match(20, 20 + kLazyStep, 20 + kLazyStep2));
  EXPECT_FALSE(takes_match(20, 20 + kLazyStep + 1, 0));
  EXPECT_FALSE(takes_match(20, 0, 20 + kLazyStep2 + 1));
}

TEST(LazyGain, GrowsWithLengthAndFallsWithOffset) {
  EXPECT_EQ(lazy_gain(0, 0, 0), 0u);
  EXPECT_GT(lazy_gain(100, 9, 0), lazy_gain(100, 8, 0));
  EXPECT_GT(lazy_gain(100, 8, 0), lazy_gain(10000, 8, 0));
  // The worst match still counts.
  EXPECT_GT(lazy_gain(kMaxBlockBytes - 1, 4, 0), 0u);
  // The period's offset costs nothing.
  EXPECT_GT(lazy_gain(24, 8, 24), lazy_gain(1, 8, 24));
}

TEST(PreferPeriod, WhereItMatchesAboutAsLong) {
  //                 0       8       16
  std::string text = "abcd111.abcd2222abcd222x";
  text.resize(text.size() + kDataPadding);
  const uint8_t* data = reinterpret_cast<const uint8_t*>(text.data());
  EXPECT_EQ(prefer_period(data, 24, 16, 0, 8), 8u) << "no period";
  EXPECT_EQ(prefer_period(data, 24, 16, 16, 0), 16u) << "no other match";
  EXPECT_EQ(prefer_period(data, 24, 16, 16, 8), 8u) << "three bytes longer";
  EXPECT_EQ(prefer_period(data, 24, 16, 8, 16), 8u);
  EXPECT_EQ(prefer_period(data, 24, 17, 8, 0), 8u);
  EXPECT_EQ(prefer_period(data, 24, 13, 8, 5), 5u) << "does not match";
  EXPECT_EQ(prefer_period(data, 24, 8, 16, 8), 8u) << "before the block";
  EXPECT_EQ(prefer_period(data, 20, 16, 16, 0), 16u);
  EXPECT_EQ(prefer_period(data, 19, 16, 16, 0), 0u) << "three bytes are left";
}

// Offsets found at the last word of a text whose occurrences begin at `j` and
// at position 2 * half.
uint32_t offset_found(std::string text, uint32_t i, uint32_t j, uint16_t half) {
  text.resize(text.size() + kDataPadding);
  return latest_or_long_offset(reinterpret_cast<const uint8_t*>(text.data()), i,
                               j, half);
}

TEST(LongGrams, AreTakenWhereTheLatestFourBytesGoOnDifferently) {
  constexpr uint16_t kNone = kNoPosition<uint16_t>;
  //                       0         10   15
  const std::string text = "abcdefgh..abcd.abcdefgh";
  EXPECT_EQ(offset_found(text, 15, 10, 0), 15u);
  EXPECT_EQ(offset_found(text, 15, 10, kNone), 5u);
  EXPECT_EQ(offset_found(text, 15, 0, 5), 15u) << "eight bytes at the latest";
  EXPECT_EQ(offset_found(text, 15, 10, 4), 5u) << "the hash misled";
  EXPECT_EQ(offset_found(text, 15, 9, 4), 0u) << "both did";
  EXPECT_EQ(offset_found(text, 15, 15, kNone), 0u) << "no occurrence";
}

// One match of a block of text: where it is and where it comes from.
struct OneMatch {
  std::string text;
  std::vector<uint16_t> offsets;
  std::vector<uint8_t> lengths;

  OneMatch(const std::string& block, uint32_t i, uint16_t offset,
           uint8_t length)
      : text(block), offsets(block.size()), lengths(block.size()) {
    offsets[i] = offset;
    lengths[i] = length;
  }
  uint32_t extend(uint32_t i, uint32_t free) {
    return extend_left(reinterpret_cast<const uint8_t*>(text.data()),
                       offsets.data(), lengths.data(), i, free);
  }
};

TEST(ExtendLeft, StopsAtTheFirstDifference) {
  OneMatch match("_abcdefgh.abcdefgh", 13, 9, 5);
  EXPECT_EQ(match.extend(13, 0), 10u);
  EXPECT_EQ(match.offsets[10], 9u);
  EXPECT_EQ(match.lengths[10], 8u);
}

TEST(ExtendLeft, StopsWhereItMayNoLongerTake) {
  OneMatch match("_abcdefgh.abcdefgh", 13, 9, 5);
  EXPECT_EQ(match.extend(13, 12), 12u);
  EXPECT_EQ(match.lengths[12], 6u);
}

TEST(ExtendLeft, StopsWhereTheSourceBegins) {
  OneMatch match("aaaaaaaaaaaa", 8, 6, 4);
  EXPECT_EQ(match.extend(8, 0), 6u);
  EXPECT_EQ(match.lengths[6], 6u);
}

TEST(ExtendLeft, StopsAtTheLongestMatch) {
  OneMatch match(std::string(700, 'x'), 400, 1, 250);
  EXPECT_EQ(match.extend(400, 0), 395u);
  EXPECT_EQ(match.lengths[395], kMaxParsedMatch);
}

// The latest earlier occurrence of each position's first four bytes.
void find_latest(const std::vector<uint8_t>& data, uint32_t n,
                 std::vector<uint16_t>& offsets,
                 std::vector<uint8_t>& lengths) {
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = i; j-- > 0 && offsets[i] == 0;) {
      uint32_t length = 0;
      while (i + length < n && length < kMaxParsedMatch &&
             data[i + length] == data[j + length]) {
        ++length;
      }
      if (length < 4) continue;
      offsets[i] = static_cast<uint16_t>(i - j);
      lengths[i] = static_cast<uint8_t>(length);
    }
  }
}

// What must hold of a parse whatever its choices.
TEST(LazyParse, TakesWholeMatchesThatCannotGrowToTheLeft) {
  constexpr uint32_t kBytes = 1700;
  for (const testing::NamedChunk& shape : testing::chunk_shapes(kBytes, 5)) {
    SCOPED_TRACE(shape.name);
    const std::vector<uint8_t>& data = shape.bytes;
    std::vector<uint16_t> offsets(kBytes);
    std::vector<uint8_t> lengths(kBytes);
    std::vector<uint32_t> starts(kBytes / 32 + 2);
    find_latest(data, kBytes, offsets, lengths);
    parse_lazily_serially(data.data(), kBytes, 0, offsets.data(),
                          lengths.data(), starts.data());
    uint32_t end = 0;
    for (uint32_t i = 0; i < kBytes; ++i) {
      if ((starts[i / 32] >> (i % 32) & 1) == 0) continue;
      ASSERT_GE(i, end);
      const uint32_t offset = offsets[i];
      ASSERT_GE(lengths[i], 4u) << i;
      ASSERT_LE(i + lengths[i], kBytes) << i;
      for (uint32_t k = 0; k < lengths[i]; ++k) {
        ASSERT_EQ(data[i + k], data[i + k - offset]) << i;
      }
      const bool may_grow =
          i > end && i % 32 != 0 && i > offset && lengths[i] < kMaxParsedMatch;
      if (may_grow) {
        ASSERT_NE(data[i - 1], data[i - 1 - offset]) << i;
      }
      end = i + lengths[i];
    }
  }
}

TEST(LazyParse, LeavesAMatchForABetterOneBehindIt) {
  // At "abcd" a match of 4 is known, at the next position one of 12.
  const std::string block = "abcdX bcdefghijklm. abcdefghijklmno";
  const uint32_t n = static_cast<uint32_t>(block.size());
  const std::vector<uint8_t> data(block.begin(), block.end());
  std::vector<uint16_t> offsets(n);
  std::vector<uint8_t> lengths(n);
  std::vector<uint32_t> starts(n / 32 + 2);
  find_latest(data, n, offsets, lengths);
  const uint32_t first = 20;
  ASSERT_EQ(lengths[first], 4u);
  ASSERT_EQ(lengths[first + 1], 12u);
  parse_lazily_serially(data.data(), n, 0, offsets.data(), lengths.data(),
                        starts.data());
  EXPECT_EQ(starts[0] >> first & 1, 0u);
  EXPECT_EQ(starts[0] >> (first + 1) & 1, 1u);
}

}  // namespace
}  // namespace gpu_zstd
