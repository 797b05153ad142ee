// One frame made in parallel: it is one frame, it is right whatever the data,
// and it is about as small as libzstd's own.
#include "cpu_fallback/bulk/one_frame.h"

#include <gtest/gtest.h>

#include "cpu_fallback/bulk/frame_plan.h"
#include "tests/cpu_fallback/bulk/bulk_test_util.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using test::compress_or_die;
using test::count_frames;
using test::fixed_limits;
using test::kStrategies;
using test::random_bytes;
using test::text_like;

BulkEncodeOptions one_frame(int level,
                            BulkStrategy strategy = BulkStrategy::kAutomatic) {
  BulkEncodeOptions options;
  options.level = level;
  options.layout = BulkLayout::kOneFrame;
  options.strategy = strategy;
  return options;
}

std::string repeated(const std::string& unit, size_t bytes) {
  std::string raw;
  while (raw.size() < bytes) {
    raw += unit;
  }
  raw.resize(bytes);
  return raw;
}

void expect_one_right_frame(const std::string& coded, const std::string& raw) {
  EXPECT_EQ(count_frames(coded), 1u);
  EXPECT_EQ(ZSTD_getFrameContentSize(coded.data(), coded.size()), raw.size());
  EXPECT_TRUE(test::decode_frame(coded) == raw);
  EXPECT_TRUE(test::decode_stream(coded) == raw) << "with a window only";
}

TEST(OneFrame, IsOneFrameOfTheSameBytesWithAnyStrategy) {
  BulkCodec codec(fixed_limits());
  for (const size_t bytes : {0, 1, 1 << 20, (1 << 20) + 1, 5000000}) {
    const std::string raw = text_like(bytes, bytes);
    const std::string expected =
        compress_or_die(codec, raw, one_frame(1, BulkStrategy::kSingle));
    expect_one_right_frame(expected, raw);
    for (const auto strategy : kStrategies) {
      EXPECT_TRUE(compress_or_die(codec, raw, one_frame(1, strategy)) ==
                  expected);
    }
  }
}

TEST(OneFrame, EveryKindOfLevelDecodes) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(9000000, 2);
  for (const int level : {-5, 1, 2, 3, 5, 7, 9}) {
    expect_one_right_frame(compress_or_die(codec, raw, one_frame(level)), raw);
  }
}

// Data whose pieces start with the very repeats that libzstd assumes at the
// start of a frame: they must be joined, never spliced wrongly.
TEST(OneFrame, DataFullOfRepeatsAtPieceBoundariesIsRight) {
  BulkCodec codec(fixed_limits());
  const size_t bytes = 5 * plan_pieces(1).piece_bytes + 12345;
  for (const size_t period : {1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 32, 1000}) {
    const std::string raw = repeated(random_bytes(period, period), bytes);
    expect_one_right_frame(compress_or_die(codec, raw, one_frame(1)), raw);
  }
  std::string broken = repeated(random_bytes(4, 1), bytes);
  for (size_t at = 0; at < bytes; at += 997) {
    broken[at] = static_cast<char>(at);
  }
  for (const int level : {1, 5}) {
    expect_one_right_frame(compress_or_die(codec, broken, one_frame(level)),
                           broken);
  }
}

TEST(OneFrame, MixedKindsOfPiecesDecode) {
  BulkCodec codec(fixed_limits());
  const size_t piece = plan_pieces(1).piece_bytes;
  std::string raw;
  for (int i = 0; i < 3; ++i) {
    raw += random_bytes(piece, i) + std::string(piece, 'q') +
           text_like(piece - 5, i) + repeated("abcd", piece + 3);
  }
  expect_one_right_frame(compress_or_die(codec, raw, one_frame(1)), raw);
}

TEST(OneFrame, HistoryAcrossPiecesKeepsTheRatio) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(12000000, 3);
  for (const int level : {1, 3}) {
    std::string theirs(ZSTD_compressBound(raw.size()), '\0');
    const size_t serial = ZSTD_compress(theirs.data(), theirs.size(),
                                        raw.data(), raw.size(), level);
    const size_t ours = compress_or_die(codec, raw, one_frame(level)).size();
    EXPECT_LT(static_cast<double>(ours), 1.01 * static_cast<double>(serial));
  }
}

TEST(OneFrame, ChecksumIsRightAndOptional) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(4000000, 4);
  for (const bool wanted : {true, false}) {
    BulkEncodeOptions options = one_frame(1);
    options.checksum = wanted;
    std::string coded = compress_or_die(codec, raw, options);
    EXPECT_EQ(test::has_frame_checksum(coded), wanted);
    EXPECT_TRUE(test::decode_frame(coded) == raw);
    if (wanted) {
      coded.back() = static_cast<char>(coded.back() ^ 1);
      EXPECT_FALSE(test::decode_frame(coded).has_value());
    }
  }
}

TEST(OneFrame, TooSmallARoomIsOutputFull) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(4000000, 5);
  const size_t need = compress_or_die(codec, raw, one_frame(1)).size();
  for (const size_t room : {size_t{0}, size_t{13}, need - 1}) {
    std::string out(room + 16, '\x5a');
    EXPECT_EQ(
        codec.compress(raw, {out.data(), room}, one_frame(1)).status.error,
        BulkError::kOutputFull);
    EXPECT_EQ(out.substr(room), std::string(16, '\x5a'));
  }
}

TEST(OneFrame, CancellationAndStreamsAreRefusedAsSaid) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(4000000, 6);
  std::string out(raw.size(), '\0');
  const std::atomic<bool> cancel{true};
  BulkEncodeOptions options = one_frame(1);
  options.cancel = &cancel;
  EXPECT_EQ(codec.compress(raw, out, options).status.error,
            BulkError::kCancelled);
  EXPECT_EQ(
      codec
          .compress_to(
              raw, [](std::span<const char>) { return true; }, one_frame(1))
          .status.error,
      BulkError::kBadOption);
}

}  // namespace
}  // namespace gpu_zstd
