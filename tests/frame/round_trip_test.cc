// Frames of the host model decode to their chunk: by libzstd and by the
// independent checker, at every size and level, and fit exactly.
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/host_model/frame_model.h"
#include "tests/support/frame_checker.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

using host_model::FrameEncoder;
using testing::chunk_shapes;
using testing::NamedChunk;

std::vector<uint8_t> encode(FrameEncoder& encoder,
                            const std::vector<uint8_t>& chunk) {
  std::vector<uint8_t> frame(frame_bound(chunk.size(), kMaxBlockBytes, true));
  frame.resize(encoder.encode(chunk, frame));
  return frame;
}

std::string decode_fault(const std::vector<uint8_t>& frame,
                         const std::vector<uint8_t>& chunk) {
  std::vector<uint8_t> decoded(chunk.size() + 1);
  const size_t size = ZSTD_decompress(decoded.data(), decoded.size(),
                                      frame.data(), frame.size());
  if (ZSTD_isError(size)) return ZSTD_getErrorName(size);
  decoded.resize(size);
  if (decoded != chunk) return "libzstd decodes something else";
  const testing::FrameCheck check = testing::check_frame(frame);
  if (!check.ok) return check.message();
  if (check.content != chunk) return "the checker decodes something else";
  if (check.content_size != chunk.size()) return "wrong content size";
  return "";
}

// A table as gettext's catalogues have it: lengths, and where texts begin.
std::vector<uint8_t> table_of_places(size_t n) {
  std::mt19937 random(3);
  std::vector<uint8_t> bytes;
  for (uint32_t place = 0; bytes.size() < n;) {
    const uint32_t length = 4 + random() % 60;
    for (const uint32_t number : {length, place}) {
      for (uint32_t k = 0; k < 4; ++k) {
        bytes.push_back(static_cast<uint8_t>(number >> (8 * k)));
      }
    }
    place += length;
  }
  bytes.resize(n);
  return bytes;
}

// Numbers below 60000 in eight bytes each.
std::vector<uint8_t> small_numbers(size_t n) {
  std::mt19937 random(3);
  std::vector<uint8_t> bytes(n);
  for (size_t i = 0; i + 8 <= n; i += 8) {
    const uint32_t number = random() % 60000;
    bytes[i] = static_cast<uint8_t>(number);
    bytes[i + 1] = static_cast<uint8_t>(number >> 8);
  }
  return bytes;
}

TEST(RoundTrip, EverySizeBelow4KB) {
  FrameEncoder encoder(4096, 3, true);
  const std::vector<uint8_t> words = testing::wordy_chunk(4096, 7);
  for (size_t n = 0; n < 4096; ++n) {
    const std::vector<uint8_t> chunk(words.begin(), words.begin() + n);
    ASSERT_EQ(decode_fault(encode(encoder, chunk), chunk), "") << n;
  }
}

// Numbers end with zeros, as what lies behind the block may.
TEST(RoundTrip, NumbersOfEverySizeBelow1500) {
  for (const int level : {1, 3, 9, 12}) {
    FrameEncoder encoder(1500, level, false);
    for (size_t n = 0; n < 1500; ++n) {
      const std::vector<uint8_t> chunk = small_numbers(n);
      ASSERT_EQ(decode_fault(encode(encoder, chunk), chunk), "")
          << level << " " << n;
    }
  }
}

class RoundTripLevel : public ::testing::TestWithParam<int> {};

TEST_P(RoundTripLevel, EveryShape) {
  FrameEncoder encoder(40000, GetParam(), true);
  for (const size_t n : {1u, 5u, 63u, 64u, 65u, 4096u, 16384u, 40000u}) {
    for (const NamedChunk& shape : chunk_shapes(n, 3 + GetParam())) {
      ASSERT_EQ(decode_fault(encode(encoder, shape.bytes), shape.bytes), "")
          << shape.name << " of " << n;
    }
  }
}

TEST_P(RoundTripLevel, BlocksOf128KBAndChunksOfSeveral) {
  FrameEncoder encoder(300000, GetParam(), true);
  for (const size_t n : {65536u, 131071u, 131072u, 131073u, 300000u}) {
    const std::vector<uint8_t> words = testing::wordy_chunk(n, 5);
    ASSERT_EQ(decode_fault(encode(encoder, words), words), "") << n;
  }
  std::vector<uint8_t> mixed = testing::random_chunk(150000, 4);
  mixed.resize(290000, 'x');
  ASSERT_EQ(decode_fault(encode(encoder, mixed), mixed), "");
}

INSTANTIATE_TEST_SUITE_P(Levels, RoundTripLevel,
                         ::testing::Values(1, 3, 4, 9, 12, 19, 22));

TEST(Frame, RepeatsAcrossALiteralRunAbove64KB) {
  FrameEncoder encoder(131072, 3, false);
  std::vector<uint8_t> chunk = testing::random_chunk(131072, 11);
  std::copy(chunk.begin(), chunk.begin() + 40000, chunk.end() - 40000);
  const std::vector<uint8_t> frame = encode(encoder, chunk);
  EXPECT_EQ(decode_fault(frame, chunk), "");
  EXPECT_LT(frame.size(), chunk.size() - 38500);
}

// What comes first comes again at the end, behind pieces of it so short that
// the latest occurrence of any five bytes is in a piece.
std::vector<uint8_t> chunk_behind_short_pieces() {
  std::vector<uint8_t> chunk = testing::random_chunk(2400, 12);
  const std::vector<uint8_t> whole = chunk;
  const std::vector<uint8_t> between = testing::random_chunk(1200, 13);
  for (size_t at = 0; at + 8 <= whole.size(); at += 4) {
    chunk.insert(chunk.end(), whole.begin() + at, whole.begin() + at + 8);
    chunk.insert(chunk.end(), between.begin() + at / 2,
                 between.begin() + at / 2 + 2);
  }
  chunk.insert(chunk.end(), whole.begin(), whole.end());
  return chunk;
}

TEST(Frame, Level3SeesLongRepeatsBehindShortOnes) {
  const std::vector<uint8_t> chunk = chunk_behind_short_pieces();
  ASSERT_LT(chunk.size(), 16384u);
  FrameEncoder quick(chunk.size(), 1, false);
  FrameEncoder better(chunk.size(), 3, false);
  const std::vector<uint8_t> frame = encode(better, chunk);
  EXPECT_EQ(decode_fault(frame, chunk), "");
  EXPECT_LT(frame.size() + 500, encode(quick, chunk).size());
}

// What such records repeat also lies farther away, a byte or two longer.
TEST(Frame, TablesOfNumbersAreAboutAsShortAsLibzstdMakesThem) {
  for (const std::vector<uint8_t>& chunk :
       {table_of_places(16384), small_numbers(16384)}) {
    for (const int level : {1, 3, 6, 9, 12, 19, 22}) {
      FrameEncoder encoder(chunk.size(), level, false);
      const std::vector<uint8_t> frame = encode(encoder, chunk);
      ASSERT_EQ(decode_fault(frame, chunk), "") << level;
      std::vector<uint8_t> other(ZSTD_compressBound(chunk.size()));
      const size_t bytes = ZSTD_compress(other.data(), other.size(),
                                         chunk.data(), chunk.size(), level);
      EXPECT_LT(frame.size(), bytes * 112 / 100) << level;
    }
  }
}

TEST(Frame, FitsExactlyFromItsOwnLengthOn) {
  for (const bool checksum : {false, true}) {
    FrameEncoder encoder(2000, 3, checksum);
    for (const NamedChunk& shape : chunk_shapes(2000, 1)) {
      const std::vector<uint8_t> frame = encode(encoder, shape.bytes);
      for (size_t capacity = 0; capacity <= frame.size() + 2; ++capacity) {
        std::vector<uint8_t> out(capacity + 16, 0xA5);
        const size_t size = encoder.encode(
            shape.bytes, std::span<uint8_t>(out.data(), capacity));
        ASSERT_EQ(size, capacity < frame.size() ? 0 : frame.size())
            << shape.name << " in " << capacity;
        ASSERT_EQ(std::count(out.begin() + capacity, out.end(), 0xA5), 16);
      }
    }
  }
}

TEST(Frame, NoiseCostsTheHeaderAndThreeBytesABlock) {
  FrameEncoder encoder(300000, 9, false);
  for (const size_t n : {1u, 100u, 16384u, 131072u, 300000u}) {
    const std::vector<uint8_t> noise = testing::random_chunk(n, 2);
    EXPECT_LE(encode(encoder, noise).size(),
              n + frame_header_bytes(n) + 3 * ((n + 131071) / 131072));
  }
}

TEST(Frame, SameBytesWhateverTheEncoderDidBefore) {
  for (const int level : {1, 3, 9, 12, 19}) {
    FrameEncoder used(70000, level, true);
    for (const NamedChunk& shape : chunk_shapes(70000, 9)) {
      encode(used, shape.bytes);
    }
    for (const NamedChunk& shape : chunk_shapes(9000, 8)) {
      FrameEncoder fresh(9000, level, true);
      EXPECT_EQ(encode(used, shape.bytes), encode(fresh, shape.bytes))
          << shape.name;
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
