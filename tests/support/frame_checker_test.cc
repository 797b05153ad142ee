#include "tests/support/frame_checker.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace gpu_zstd::testing {
namespace {

std::vector<uint8_t> sample(size_t bytes, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> content;
  while (content.size() < bytes) {
    if (random() % 3 != 0 && content.size() > 100) {
      const size_t distance = 1 + random() % (content.size() - 1);
      for (size_t left = 3 + random() % 40; left > 0; --left) {
        content.push_back(content[content.size() - distance]);
      }
    } else {
      content.push_back(static_cast<uint8_t>('a' + random() % 26));
    }
  }
  content.resize(bytes);
  return content;
}

std::vector<uint8_t> compress(const std::vector<uint8_t>& content, int level,
                              bool checksum) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum);
  std::vector<uint8_t> frame(ZSTD_compressBound(content.size()));
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(),
                              content.data(), content.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

TEST(FrameChecker, DecodesWhatLibzstdWrites) {
  for (const size_t bytes : {0, 1, 255, 256, 4096, 70000, 400000}) {
    const std::vector<uint8_t> content = sample(bytes, 1);
    for (const int level : {-5, 1, 3, 9, 19}) {
      const FrameCheck check =
          check_frame(compress(content, level, bytes % 2 == 0));
      ASSERT_TRUE(check.ok) << bytes << ' ' << level << ": " << check.message();
      ASSERT_EQ(check.content, content);
      ASSERT_EQ(check.has_checksum, bytes % 2 == 0);
    }
  }
}

// A frame of two raw bytes: magic, descriptor, size, block header, content.
std::vector<uint8_t> small_frame() {
  return {0x28, 0xB5, 0x2F, 0xFD, 0x20, 2, 0x11, 0, 0, 'h', 'i'};
}

void expect_blame(const std::vector<uint8_t>& frame, const std::string& field,
                  size_t offset) {
  const FrameCheck check = check_frame(frame);
  EXPECT_FALSE(check.ok);
  EXPECT_EQ(check.field, field) << check.message();
  EXPECT_EQ(check.offset, offset) << check.message();
}

TEST(FrameChecker, NamesTheWrongFieldOfAFrame) {
  EXPECT_TRUE(check_frame(small_frame()).ok);
  std::vector<uint8_t> frame = small_frame();
  frame[1] ^= 1;
  expect_blame(frame, "Magic_Number", 0);
  frame = small_frame();
  frame[4] |= 0x08;
  expect_blame(frame, "Frame_Header_Descriptor.Reserved_bit", 4);
  frame = small_frame();
  frame[5] = 3;
  expect_blame(frame, "Frame_Content_Size", 11);
  frame = small_frame();
  frame[6] |= 0x06;
  expect_blame(frame, "Block_Type", 6);
  frame = small_frame();
  frame[6] = 0x19;  // three bytes in a frame of two
  expect_blame(frame, "Block_Size", 6);
  frame = small_frame();
  frame.push_back(0);
  expect_blame(frame, "Frame", 11);
  frame = small_frame();
  frame.pop_back();
  expect_blame(frame, "Block_Content", 9);
}

TEST(FrameChecker, NamesAWrongChecksum) {
  std::vector<uint8_t> frame = compress(sample(3000, 2), 3, true);
  frame.back() ^= 0x80;
  expect_blame(frame, "Content_Checksum", frame.size() - 4);
}

TEST(FrameChecker, NamesTheWrongFieldOfACompressedBlock) {
  const std::vector<uint8_t> good = compress(sample(3000, 3), 3, false);
  const FrameCheck check = check_frame(good);
  ASSERT_TRUE(check.ok);
  ASSERT_EQ(check.blocks.size(), 1u);
  ASSERT_EQ(check.blocks[0].literals, BlockInfo::Literals::kCompressed);
  const size_t block = 4 + 1 + 2 + 3;
  std::vector<uint8_t> frame = good;
  frame.back() = 0;  // the sequences' stop bit
  expect_blame(frame, "Sequences_Section.bitstream", check_frame(frame).offset);
  frame = good;
  frame[block] |= 3;  // treeless without an earlier tree
  expect_blame(frame, "Literals_Block_Type", block);
}

// Whatever is flipped, the checker names a fault, or the bit has no meaning and
// the content is what it was; it never reads outside (the sanitizers watch).
TEST(FrameChecker, SurvivesDamagedFrames) {
  const std::vector<uint8_t> content = sample(2000, 4);
  const std::vector<uint8_t> good = compress(content, 5, true);
  size_t meaningless = 0;
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::vector<uint8_t> frame = good;
    frame[bit / 8] ^= 1u << (bit % 8);
    const FrameCheck check = check_frame(frame);
    EXPECT_NE(check.ok, !check.field.empty());
    if (check.ok) {
      ++meaningless;
      EXPECT_EQ(check.content, content);
    }
  }
  // Bits that fill a table description up to a byte.
  EXPECT_LT(meaningless, 40u);
}

}  // namespace
}  // namespace gpu_zstd::testing
