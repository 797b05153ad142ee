#include "cpu_fallback/bulk/repeat_offsets.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "cpu_fallback/bulk/frame_format.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

// The blocks of a frame without header and checksum.
std::string blocks_of(const std::string& raw, int level) {
  std::string frame(ZSTD_compressBound(raw.size()), '\0');
  frame.resize(
      ZSTD_compress(frame.data(), frame.size(), raw.data(), raw.size(), level));
  FrameHeader header;
  EXPECT_EQ(parse_frame_header(frame, &header), HeaderOutcome::kWhole);
  return frame.substr(header.header_bytes);
}

// Decodes `blocks` after a block that leaves `before` as the last offset, and
// tells whether the result is `raw`. libzstd is the judge.
bool decodes_after_other_offsets(const std::string& blocks,
                                 const std::string& raw) {
  const std::string lead = test::text_like(100000, 99);
  std::string first = blocks_of(lead, 3);
  // The lead's blocks are not the frame's last.
  size_t at = 0;
  while (true) {
    const BlockHeader block = parse_block_header(first.data() + at);
    first[at] = static_cast<char>(first[at] & ~1);
    if (block.last) {
      break;
    }
    at += kBlockHeaderBytes + block.stored_bytes;
  }
  std::string frame(6, '\0');
  store_u32(frame.data(), kZstdMagic);
  frame[5] = 13 << 3;  // a window of 8 MiB
  frame += first + blocks;
  std::string decoded(lead.size() + raw.size() + 1, '\0');
  const size_t bytes = ZSTD_decompress(decoded.data(), decoded.size(),
                                       frame.data(), frame.size());
  return !ZSTD_isError(bytes) && decoded.substr(0, bytes) == lead + raw;
}

std::string repeated(const std::string& unit, size_t bytes) {
  std::string raw;
  while (raw.size() < bytes) {
    raw += unit;
  }
  raw.resize(bytes);
  return raw;
}

// Small blocks of mixed data: many lean on the offsets of a frame's start.
std::string mixed(uint64_t seed) {
  const std::string noise = test::random_bytes(64, seed);
  std::string raw = noise.substr(0, seed % 5);
  switch (seed % 4) {
    case 0:
      raw += repeated(noise.substr(0, 4), 40) + test::text_like(900, seed);
      break;
    case 1:
      raw += test::text_like(20 + seed % 3000, seed);
      break;
    case 2:
      raw += repeated(noise.substr(0, 8), 64) + noise +
             repeated(noise.substr(5, 32), 2000);
      break;
    default:
      raw += noise + std::string(30, 'x') + noise + std::string(9, 'y') + noise;
  }
  return raw;
}

TEST(RepeatOffsets, BlocksCalledIndependentDecodeAfterAnything) {
  int independent = 0;
  int dependent = 0;
  for (uint64_t seed = 0; seed < 700; ++seed) {
    const std::string raw = mixed(seed);
    const std::string blocks = blocks_of(raw, 1 + static_cast<int>(seed % 19));
    if (is_independent_of_repeats(blocks)) {
      ++independent;
      ASSERT_TRUE(decodes_after_other_offsets(blocks, raw)) << seed;
    } else {
      ++dependent;
    }
  }
  EXPECT_GT(independent, 100);
  EXPECT_GT(dependent, 100);
}

TEST(RepeatOffsets, BlocksThatBreakAfterOthersAreCalledDependent) {
  int broken = 0;
  for (uint64_t seed = 0; seed < 700; ++seed) {
    const std::string raw = mixed(seed);
    const std::string blocks = blocks_of(raw, 3);
    if (!decodes_after_other_offsets(blocks, raw)) {
      ++broken;
      ASSERT_FALSE(is_independent_of_repeats(blocks)) << seed;
    }
  }
  EXPECT_GT(broken, 50);
}

TEST(RepeatOffsets, OrdinaryDataIsIndependent) {
  for (const int level : {1, 3, 6, 9, 13, 19}) {
    EXPECT_TRUE(is_independent_of_repeats(
        blocks_of(test::text_like(300000, 1), level)));
  }
}

TEST(RepeatOffsets, BlocksWithoutSequencesAreIndependent) {
  EXPECT_TRUE(
      is_independent_of_repeats(blocks_of(test::random_bytes(300000, 1), 3)));
}

TEST(RepeatOffsets, NoBytesAtAllMakeItReadOutOfBounds) {
  for (uint64_t seed = 0; seed < 7000; ++seed) {
    std::string noise = test::random_bytes(3 + seed % 60, seed);
    store_u24(noise.data(), static_cast<uint32_t>((noise.size() - 3) << 3 | 4));
    is_independent_of_repeats(noise);  // sanitizers are the judge
  }
  EXPECT_FALSE(is_independent_of_repeats(std::string("\x04\x10")));
}

}  // namespace
}  // namespace gpu_zstd
