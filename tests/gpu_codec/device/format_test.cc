#include "gpu_codec/format.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "gpu_codec/device/sequences.h"

namespace gpu_zstd {
namespace {

TEST(Format, EveryLitLengthLiesInTheRangeOfItsCode) {
  for (uint32_t length = 0; length < kMaxBlockBytes; ++length) {
    const uint32_t code = lit_length_code(length);
    ASSERT_LT(code, kLitLengthCodes);
    ASSERT_GE(length, kLitLengthBase[code]);
    ASSERT_LT(length - kLitLengthBase[code], 1u << kLitLengthExtraBits[code]);
    const uint32_t bits = lit_length_extra_bits(length);
    ASSERT_EQ(bits, kLitLengthExtraBits[code]);
    ASSERT_EQ(length & ((1u << bits) - 1), length - kLitLengthBase[code]);
  }
}

TEST(Format, EveryMatchLengthLiesInTheRangeOfItsCode) {
  for (uint32_t length = kMinMatch; length <= kMaxBlockBytes; ++length) {
    const uint32_t code = match_length_code(length);
    ASSERT_LT(code, kMatchLengthCodes);
    ASSERT_GE(length, kMatchLengthBase[code]);
    ASSERT_LT(length - kMatchLengthBase[code],
              1u << kMatchLengthExtraBits[code]);
    const uint32_t bits = match_length_extra_bits(length);
    ASSERT_EQ(bits, kMatchLengthExtraBits[code]);
    ASSERT_EQ((length - kMinMatch) & ((1u << bits) - 1),
              length - kMatchLengthBase[code]);
  }
}

TEST(Format, EveryOffsetOfABlockHasACode) {
  for (uint32_t off_base = 1; off_base <= kMaxBlockBytes + 3; ++off_base) {
    const uint32_t code = offset_code(off_base);
    ASSERT_LT(code, kOffsetCodes);
    ASSERT_EQ(off_base >> code, 1u);
  }
}

int32_t table_size(const int16_t* counts, uint32_t symbols) {
  int32_t slots = 0;
  for (uint32_t s = 0; s < symbols; ++s) slots += counts[s] < 0 ? 1 : counts[s];
  return slots;
}

TEST(Format, PredefinedCountsFillTheirTables) {
  EXPECT_EQ(table_size(kDefaultLitLengthCounts, kLitLengthCodes),
            1 << kDefaultLitLengthLog);
  EXPECT_EQ(table_size(kDefaultMatchLengthCounts, kMatchLengthCodes),
            1 << kDefaultMatchLengthLog);
  EXPECT_EQ(table_size(kDefaultOffsetCounts, kDefaultOffsetSymbols),
            1 << kDefaultOffsetLog);
}

TEST(BlockSequences, NamesTheOneLengthAbove16Bits) {
  const uint16_t lit_lengths[] = {7, 4};
  const uint16_t match_lengths[] = {1, 2};
  BlockSequences s{};
  s.lit_lengths = lit_lengths;
  s.match_lengths = match_lengths;
  s.count = 2;
  s.long_place = kNoLongLength;
  EXPECT_EQ(s.lit_length(1), 4u);
  EXPECT_EQ(s.match_length(1), 5u);
  s.long_place = 2;
  EXPECT_EQ(s.lit_length(0), 7u);
  EXPECT_EQ(s.lit_length(1), 65540u);
  EXPECT_EQ(s.match_length(1), 5u);
  s.long_place = 1;
  EXPECT_EQ(s.match_length(0), 65540u);
}

}  // namespace
}  // namespace gpu_zstd
