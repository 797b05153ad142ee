#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/host_model/entropy_model.h"
#include "tests/support/entropy_inputs.h"
#include "tests/support/frame_builder.h"
#include "tests/support/frame_checker.h"

namespace gpu_zstd {
namespace {

using Literals = testing::BlockInfo::Literals;

// Decodes a literals section as a block without sequences.
void expect_literals(const std::vector<uint8_t>& literals,
                     uint32_t single_stream_below, Literals* kind = nullptr,
                     int* streams = nullptr) {
  std::vector<uint8_t> block =
      host_model::encode_literals(literals, single_stream_below);
  const uint32_t n = static_cast<uint32_t>(literals.size());
  ASSERT_LE(block.size(), n + (n < 32 ? 1 : n < 4096 ? 2 : 3));
  block.push_back(0);  // no sequences
  const std::vector<uint8_t> frame =
      testing::frame_of_block(BlockType::kCompressed, block, n, 8);
  const auto content = testing::decode_twice(frame, n + 8);
  ASSERT_TRUE(content);
  ASSERT_TRUE(std::equal(literals.begin(), literals.end(), content->begin()));
  const testing::FrameCheck check = testing::check_frame(frame);
  if (kind != nullptr) *kind = check.blocks[0].literals;
  if (streams != nullptr) *streams = check.blocks[0].literal_streams;
}

TEST(Literals, EveryShapeAndSizeDecodes) {
  for (uint32_t n = 0; n < 2100; n += n < 300 ? 1 : 37) {
    for (const auto& shape : testing::literal_shapes(n, n)) {
      SCOPED_TRACE(shape.name + " " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(expect_literals(shape.bytes, 256));
    }
  }
}

TEST(Literals, HeadersOfEveryWidthDecode) {
  for (const uint32_t n : {31u, 32u, 1023u, 1024u, 4095u, 4096u, 16383u, 16384u,
                           65535u, 65536u, 131064u}) {
    for (const auto& shape : testing::literal_shapes(n, n)) {
      SCOPED_TRACE(shape.name + " " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(expect_literals(shape.bytes, 1024));
    }
  }
}

TEST(Literals, StreamsAreOneBelowTheLimitAndFourFromItOn) {
  for (const uint32_t n : {255u, 256u, 1023u, 1024u}) {
    for (const uint32_t limit : {256u, 1024u}) {
      for (const auto& shape : testing::literal_shapes(n, n)) {
        if (shape.name != "two symbols") continue;
        Literals kind;
        int streams = 0;
        expect_literals(shape.bytes, limit, &kind, &streams);
        EXPECT_EQ(kind, Literals::kCompressed);
        EXPECT_EQ(streams, n < limit ? 1 : 4);
      }
    }
  }
}

TEST(Literals, TakeTheKindThatFits) {
  for (const auto& shape : testing::literal_shapes(5000, 1)) {
    Literals kind;
    expect_literals(shape.bytes, 256, &kind);
    const bool flat = shape.name == "uniform" || shape.name == "counter";
    EXPECT_EQ(kind, shape.name == "constant" ? Literals::kRle
                    : flat                   ? Literals::kRaw
                                             : Literals::kCompressed)
        << shape.name;
  }
}

// Trees of all sizes, in both forms of description.
TEST(Literals, RandomAlphabetsDecode) {
  std::mt19937 random(9);
  for (uint32_t round = 0; round < 2000; ++round) {
    const uint32_t symbols = 1 + random() % 256;
    const uint32_t skew = 1 + random() % 12;
    std::vector<uint8_t> literals(64 + random() % 3000);
    for (uint8_t& v : literals) {
      v = static_cast<uint8_t>((random() % symbols) >> (random() % skew));
    }
    ASSERT_NO_FATAL_FAILURE(expect_literals(literals, 256)) << round;
  }
}

}  // namespace
}  // namespace gpu_zstd
