#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/host_model/entropy_model.h"
#include "tests/support/entropy_inputs.h"
#include "tests/support/frame_builder.h"
#include "tests/support/frame_checker.h"
#include "tests/support/greedy_matcher.h"

namespace gpu_zstd {
namespace {

using host_model::Block;

std::vector<Block> encode_blocks(const std::vector<uint8_t>& content,
                                 uint32_t block_bytes) {
  std::vector<Block> blocks;
  std::array<uint32_t, 3> repeat{1, 4, 8};
  for (size_t begin = 0; begin < content.size(); begin += block_bytes) {
    const size_t n = std::min<size_t>(block_bytes, content.size() - begin);
    const testing::ParsedBlock parsed =
        testing::parse_greedy({content.data() + begin, n}, repeat);
    blocks.push_back(host_model::encode_block(parsed.view()));
    if (blocks.back().type == BlockType::kCompressed) {
      repeat = parsed.repeat_offsets;
    }
  }
  if (blocks.empty()) blocks.emplace_back();
  return blocks;
}

std::vector<uint8_t> encode(const std::vector<uint8_t>& content,
                            uint32_t block_bytes, bool checksum) {
  return host_model::assemble_frame(
      content, block_bytes, encode_blocks(content, block_bytes), checksum,
      frame_bound(content.size(), block_bytes, checksum));
}

void expect_round_trip(const std::vector<uint8_t>& content,
                       uint32_t block_bytes, bool checksum) {
  const std::vector<uint8_t> frame = encode(content, block_bytes, checksum);
  const auto decoded = testing::decode_twice(frame, content.size());
  ASSERT_TRUE(decoded);
  ASSERT_EQ(*decoded, content);
  const testing::FrameCheck check = testing::check_frame(frame);
  ASSERT_TRUE(check.single_segment);
  ASSERT_TRUE(check.has_content_size);
  ASSERT_EQ(check.has_checksum, checksum);
  ASSERT_EQ(check.blocks.size(), frame_blocks(content.size(), block_bytes));
}

TEST(Frame, EveryShortSizeRoundTrips) {
  for (uint32_t n = 0; n < 600; ++n) {
    for (const auto& shape : testing::literal_shapes(n, n)) {
      SCOPED_TRACE(shape.name + " " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(
          expect_round_trip(shape.bytes, kMaxBlockBytes, n % 2));
    }
  }
}

TEST(Frame, SizesAroundTheWidthsOfTheSizeFieldRoundTrip) {
  for (const uint32_t n : {255u, 256u, 65535u, 65791u, 65792u, 131072u}) {
    for (const auto& shape : testing::literal_shapes(n, n)) {
      SCOPED_TRACE(shape.name + " " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(
          expect_round_trip(shape.bytes, kMaxBlockBytes, n % 2));
    }
  }
}

TEST(Frame, SeveralBlocksRoundTrip) {
  for (const uint32_t n : {131073u, 300000u, 262144u}) {
    for (const auto& shape : testing::literal_shapes(n, n)) {
      SCOPED_TRACE(shape.name + " " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(
          expect_round_trip(shape.bytes, kMaxBlockBytes, true));
      ASSERT_NO_FATAL_FAILURE(expect_round_trip(shape.bytes, 30000, false));
    }
  }
}

TEST(Frame, ConstantContentIsOneByteABlock) {
  const std::vector<uint8_t> content(200000, 9);
  const testing::FrameCheck check =
      testing::check_frame(encode(content, kMaxBlockBytes, false));
  ASSERT_TRUE(check.ok) << check.message();
  for (const auto& block : check.blocks) {
    EXPECT_EQ(block.type, testing::BlockInfo::Type::kRle);
  }
}

TEST(Frame, IncompressibleContentCostsTheHeadersOnly) {
  std::mt19937 random(1);
  for (const uint32_t n : {1u, 100u, 5000u, 131072u, 400000u}) {
    std::vector<uint8_t> content(n);
    for (uint8_t& v : content) v = static_cast<uint8_t>(random());
    EXPECT_EQ(encode(content, kMaxBlockBytes, false).size(),
              frame_bound(n, kMaxBlockBytes, false));
  }
}

// At every capacity the frame is there whole or not at all, and no byte beyond
// the capacity is touched (the model's output has exactly that size, and the
// sanitizers watch it).
TEST(Frame, CapacityDecidesExactly) {
  for (const uint32_t n : {0u, 1u, 300u, 1500u}) {
    for (const auto& shape : testing::literal_shapes(n, 5)) {
      const std::vector<Block> blocks = encode_blocks(shape.bytes, 1000);
      const std::vector<uint8_t> whole = encode(shape.bytes, 1000, true);
      const size_t bound = frame_bound(n, 1000, true);
      ASSERT_LE(whole.size(), bound);
      for (size_t capacity = 0; capacity <= bound; ++capacity) {
        const std::vector<uint8_t> frame = host_model::assemble_frame(
            shape.bytes, 1000, blocks, true, capacity);
        if (capacity < whole.size()) {
          ASSERT_TRUE(frame.empty());
        } else {
          ASSERT_EQ(frame, whole);
        }
      }
    }
  }
}

// Random sequences, in frames of blocks that continue each other's repcodes.
TEST(Frame, RandomBlocksRoundTrip) {
  std::mt19937 random(2);
  for (uint32_t round = 0; round < 600; ++round) {
    const uint32_t limit = 10 + random() % (1u << (4 + random() % 13));
    const testing::ParsedBlock parsed =
        testing::random_block(random, limit, round % testing::kRandomShapes);
    const std::vector<Block> blocks{host_model::encode_block(parsed.view())};
    const std::vector<uint8_t> frame = host_model::assemble_frame(
        parsed.source, kMaxBlockBytes, blocks, round % 2,
        frame_bound(parsed.source.size(), kMaxBlockBytes, round % 2));
    const auto decoded = testing::decode_twice(frame, parsed.source.size());
    ASSERT_TRUE(decoded) << round;
    ASSERT_EQ(*decoded, parsed.source) << round;
  }
}

// The output's alignment does not change what is written.
TEST(Frame, AnyAlignmentOfTheOutputHoldsTheSameFrame) {
  const std::vector<uint8_t> skewed = testing::literal_shapes(5000, 3)[8].bytes;
  HostBlockExec x(128);
  const testing::ParsedBlock parsed = testing::parse_greedy(skewed);
  const Block block = host_model::encode_block(parsed.view());
  std::vector<uint32_t> words(block.content.size() / 4 + 2);
  for (size_t i = 0; i < block.content.size(); ++i) {
    words[i / 4] |= uint32_t{block.content[i]} << (i % 4 * 8);
  }
  for (uint32_t n = 0; n < 40; ++n) {
    for (size_t begin = 0; begin < 8; ++begin) {
      std::vector<uint8_t> out(64, 0xEE);
      copy_words(x, words.data(), n, out.data() + begin);
      for (size_t i = 0; i < out.size(); ++i) {
        const bool inside = i >= begin && i < begin + n;
        ASSERT_EQ(out[i], inside ? block.content[i - begin] : 0xEE);
      }
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
