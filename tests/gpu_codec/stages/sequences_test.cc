#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/host_model/entropy_model.h"
#include "tests/support/entropy_inputs.h"
#include "tests/support/frame_builder.h"
#include "tests/support/frame_checker.h"

namespace gpu_zstd {
namespace {

using Mode = testing::BlockInfo::Mode;
using testing::ParsedBlock;

// Decodes the sequences section behind raw literals.
testing::BlockInfo expect_sequences(const ParsedBlock& parsed,
                                    const TableLogs& table_logs = {}) {
  std::vector<uint8_t> block;
  const uint32_t n = static_cast<uint32_t>(parsed.literals.size());
  for (const uint32_t byte : {0xCu | (n & 15) << 4, n >> 4, n >> 12}) {
    block.push_back(static_cast<uint8_t>(byte));
  }
  block.insert(block.end(), parsed.literals.begin(), parsed.literals.end());
  BlockSequences sequences = parsed.view();
  sequences.table_logs = table_logs;
  const std::vector<uint8_t> section = host_model::encode_sequences(sequences);
  block.insert(block.end(), section.begin(), section.end());
  const uint32_t bytes = static_cast<uint32_t>(parsed.source.size());
  constexpr uint32_t kPadding = 2000;
  // What no encoder would send: sequences longer than what they stand for.
  if (block.size() > std::min(bytes + kPadding, kMaxBlockBytes - 1)) return {};
  const std::vector<uint8_t> frame =
      testing::frame_of_block(BlockType::kCompressed, block, bytes, kPadding);
  const auto content = testing::decode_twice(frame, bytes + kPadding);
  EXPECT_TRUE(content);
  if (!content) return {};
  EXPECT_TRUE(
      std::equal(parsed.source.begin(), parsed.source.end(), content->begin()));
  const testing::FrameCheck check = testing::check_frame(frame);
  return check.ok ? check.blocks[0] : testing::BlockInfo{};
}

TEST(Sequences, RandomOnesDecode) {
  std::mt19937 random(1);
  uint32_t decoded = 0;
  for (uint32_t round = 0; round < 1500; ++round) {
    const uint32_t limit = 20 + random() % (1u << (5 + random() % 12));
    const ParsedBlock parsed =
        testing::random_block(random, limit, round % testing::kRandomShapes);
    const auto info = expect_sequences(parsed);
    ASSERT_FALSE(HasFailure()) << round;
    if (info.content_bytes == 0) continue;
    ++decoded;
    ASSERT_EQ(info.sequence_count, parsed.lit_lengths.size());
  }
  EXPECT_GT(decoded, 800u);
}

TEST(Sequences, TablesAreNoLargerThanAskedFor) {
  constexpr TableLogs kLogs{6, 7, 8};
  std::mt19937 random(5);
  uint32_t larger = 0;
  for (uint32_t round = 0; round < 200; ++round) {
    const ParsedBlock parsed =
        testing::random_block(random, 60000, round % testing::kRandomShapes);
    const auto bounded = expect_sequences(parsed, kLogs);
    ASSERT_LE(bounded.literal_length_log, 6);
    ASSERT_LE(bounded.offset_log, 7);
    ASSERT_LE(bounded.match_length_log, 8);
    const auto free = expect_sequences(parsed);
    larger += free.literal_length_log > 6 || free.offset_log > 7 ? 1 : 0;
  }
  EXPECT_GT(larger, 0u);
}

// Counts of every width, up to the most a block can have.
TEST(Sequences, CountsOfEveryWidthDecode) {
  for (const uint32_t count : {1u, 2u, 127u, 128u, 0x7EFFu, 0x7F00u, 43000u}) {
    ParsedBlock parsed;
    parsed.source.push_back('a');
    parsed.literals.push_back('a');
    for (uint32_t k = 0; k < count; ++k) {
      parsed.add(k == 0 ? 1 : 0, 3, 1);
      // Without literals a repeated offset would need another repcode.
      parsed.off_bases.back() = k == 0 ? 1 : 4;
      parsed.source.insert(parsed.source.end(), 3, 'a');
    }
    const auto info = expect_sequences(parsed);
    EXPECT_EQ(info.sequence_count, count);
  }
}

TEST(Sequences, LengthsAboveSixteenBitsDecode) {
  for (const bool literal : {true, false}) {
    ParsedBlock parsed;
    std::mt19937 random(2);
    const uint32_t long_length = 65536 + 4000;
    for (uint32_t i = 0; i < (literal ? long_length : 100); ++i) {
      parsed.literals.push_back(static_cast<uint8_t>(random() % 7));
    }
    parsed.source = parsed.literals;
    const uint32_t match = literal ? 20000 : long_length;
    parsed.add(static_cast<uint32_t>(parsed.literals.size()), match, 90);
    for (uint32_t i = 0; i < match; ++i) {
      parsed.source.push_back(parsed.source[parsed.source.size() - 90]);
    }
    EXPECT_NE(parsed.long_place, kNoLongLength);
    EXPECT_EQ(expect_sequences(parsed).sequence_count, 1u);
  }
}

TEST(Sequences, EqualCodesTakeOneByteATable) {
  ParsedBlock parsed;
  std::mt19937 random(3);
  for (uint32_t k = 0; k < 300; ++k) {
    for (uint32_t i = 0; i < 40; ++i) {
      parsed.literals.push_back(static_cast<uint8_t>(random()));
      parsed.source.push_back(parsed.literals.back());
    }
    parsed.add(40, 70, 20 + k % 8);
    for (uint32_t i = 0; i < 70; ++i) {
      parsed.source.push_back(
          parsed.source[parsed.source.size() - (20 + k % 8)]);
    }
  }
  const auto info = expect_sequences(parsed);
  EXPECT_EQ(info.literal_length_mode, Mode::kRle);
  EXPECT_EQ(info.match_length_mode, Mode::kRle);
  EXPECT_NE(info.offset_mode, Mode::kRepeat);
}

TEST(Sequences, FewTakePredefinedTablesAndManyTheirOwn) {
  std::mt19937 random(4);
  const auto few = expect_sequences(testing::random_block(random, 120, 4));
  EXPECT_EQ(few.match_length_mode, Mode::kPredefined);
  const auto many = expect_sequences(testing::random_block(random, 60000, 0));
  EXPECT_EQ(many.literal_length_mode, Mode::kFse);
  EXPECT_EQ(many.match_length_mode, Mode::kFse);
}

}  // namespace
}  // namespace gpu_zstd
