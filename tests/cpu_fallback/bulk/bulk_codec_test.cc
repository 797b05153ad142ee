// Round trips of every strategy, level and form of output; libzstd is the
// judge of the frames.
#include "cpu_fallback/bulk/bulk_codec.h"

#include <gtest/gtest.h>

#include "cpu_fallback/bulk/frame_plan.h"
#include "cpu_fallback/bulk/seek_table.h"
#include "cpu_fallback/zstd_cpu.h"
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

// A source that gives at most `step` bytes a call of the system would; its
// length is not known.
class SlowSource final : public ByteSource {
 public:
  explicit SlowSource(const std::string& data) : data_(data) {}
  BulkStatus read(std::span<char> to, size_t* got) override {
    *got = data_.copy(to.data(), to.size(), at_);
    at_ += *got;
    return {};
  }

 private:
  const std::string& data_;
  size_t at_ = 0;
};

std::string decompress_or_die(BulkCodec& codec, const std::string& coded,
                              size_t raw_bytes, BulkStrategy strategy) {
  std::string raw(raw_bytes, '\0');
  BulkDecodeOptions options;
  options.strategy = strategy;
  const BulkResult result = codec.decompress(coded, raw, options);
  EXPECT_TRUE(result.ok()) << result.status.message;
  EXPECT_EQ(result.bytes_in, coded.size());
  raw.resize(result.bytes_out);
  return raw;
}

TEST(BulkCodec, EveryStrategyRoundTripsEverySizeToTheSameBytes) {
  BulkCodec codec(fixed_limits());
  for (const size_t bytes :
       {0, 1, 1000, 65536, 65537, 1 << 20, 3000000, 9000000, 20000000}) {
    const std::string raw = text_like(bytes, bytes);
    BulkEncodeOptions options;
    options.level = 1;
    options.strategy = BulkStrategy::kSingle;
    const std::string expected = compress_or_die(codec, raw, options);
    EXPECT_TRUE(test::decode_stream(expected) == raw);
    for (const auto strategy : kStrategies) {
      options.strategy = strategy;
      EXPECT_TRUE(compress_or_die(codec, raw, options) == expected) << bytes;
      EXPECT_TRUE(decompress_or_die(codec, expected, bytes, strategy) == raw);
    }
  }
}

TEST(BulkCodec, TheNumberOfThreadsDoesNotChangeTheBytes) {
  const std::string raw = text_like(7000000, 3);
  BulkCodec one(fixed_limits(1));
  const std::string expected = compress_or_die(one, raw, {});
  for (const unsigned workers : {2, 3, 16}) {
    BulkCodec codec(fixed_limits(workers));
    EXPECT_TRUE(compress_or_die(codec, raw, {}) == expected) << workers;
  }
}

TEST(BulkCodec, EveryLevelRoundTrips) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(1500000, 4);
  for (int level = -3; level <= zstd_max_level(); ++level) {
    BulkEncodeOptions options;
    options.level = level;
    if (level != 0) {
      const std::string coded = compress_or_die(codec, raw, options);
      EXPECT_TRUE(test::decode_stream(coded) == raw) << level;
    }
  }
}

TEST(BulkCodec, CutsAsPlannedAndTellsEachSize) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(5000000, 5);
  BulkEncodeOptions options;
  options.level = 1;
  const std::string coded = compress_or_die(codec, raw, options);
  const size_t frame = even_frame_bytes(raw.size(), full_frame_bytes(1, 0));
  EXPECT_EQ(count_frames(coded), (raw.size() + frame - 1) / frame);
  EXPECT_EQ(ZSTD_getFrameContentSize(coded.data(), coded.size()), frame);
}

TEST(BulkCodec, FramesOfAWantedSize) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(1000000, 5);
  for (const size_t bytes : {65536, 100000, 999999, 1000000}) {
    BulkEncodeOptions options;
    options.frame_bytes = bytes;
    const std::string coded = compress_or_die(codec, raw, options);
    EXPECT_EQ(count_frames(coded), (raw.size() + bytes - 1) / bytes);
    EXPECT_TRUE(test::decode_stream(coded) == raw);
  }
}

TEST(BulkCodec, ChecksumsAreThereExactlyWhenAskedFor) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(3000000, 6);
  for (const bool wanted : {true, false}) {
    BulkEncodeOptions options;
    options.checksum = wanted;
    EXPECT_EQ(test::has_frame_checksum(compress_or_die(codec, raw, options)),
              wanted);
  }
}

TEST(BulkCodec, ALongWindowFindsFarRepeats) {
  BulkCodec codec(fixed_limits());
  const std::string far = random_bytes(6000000, 7);
  const std::string raw = far + random_bytes(6000000, 8) + far;
  BulkEncodeOptions options;
  const size_t ordinary = compress_or_die(codec, raw, options).size();
  options.window_log = 25;
  const std::string coded = compress_or_die(codec, raw, options);
  EXPECT_LT(coded.size(), ordinary - 5000000);
  EXPECT_TRUE(test::decode_stream(coded) == raw);
}

TEST(BulkCodec, SeekableOutputIsIndexedAndStaysStandard) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(7000000, 9);
  BulkEncodeOptions options;
  options.level = 1;
  const std::string plain = compress_or_die(codec, raw, options);
  options.seekable = true;
  for (const auto strategy : kStrategies) {
    options.strategy = strategy;
    const std::string coded = compress_or_die(codec, raw, options);
    EXPECT_TRUE(coded.substr(0, plain.size()) == plain);
    EXPECT_TRUE(test::decode_stream(coded) == raw);
    EXPECT_TRUE(decompress_or_die(codec, coded, raw.size(), strategy) == raw);
    const auto entries =
        read_seek_table(std::span(coded).subspan(plain.size()));
    ASSERT_TRUE(entries.has_value());
    ASSERT_EQ(entries->size(), count_frames(plain));
    size_t coded_at = 0;
    size_t raw_at = 0;
    for (const SeekEntry& entry : *entries) {
      EXPECT_EQ(
          test::decode_frame({coded.data() + coded_at, entry.coded_bytes}),
          raw.substr(raw_at, entry.raw_bytes));
      coded_at += entry.coded_bytes;
      raw_at += entry.raw_bytes;
    }
    EXPECT_EQ(raw_at, raw.size());
  }
}

TEST(BulkCodec, SinksTakeTheOutputInOrder) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(9000000, 10);
  for (const auto strategy : kStrategies) {
    BulkEncodeOptions options;
    options.level = 1;
    options.strategy = strategy;
    std::string coded;
    const BulkResult encoded = codec.compress_to(
        raw,
        [&](std::span<const char> piece) {
          coded.append(piece.data(), piece.size());
          return true;
        },
        options);
    ASSERT_TRUE(encoded.ok()) << encoded.status.message;
    EXPECT_TRUE(coded == compress_or_die(codec, raw, options));
    std::string back;
    BulkDecodeOptions decode_options;
    decode_options.strategy = strategy;
    const BulkResult decoded = codec.decompress_to(
        coded,
        [&](std::span<const char> piece) {
          back.append(piece.data(), piece.size());
          return true;
        },
        decode_options);
    ASSERT_TRUE(decoded.ok()) << decoded.status.message;
    EXPECT_TRUE(back == raw);
  }
}

TEST(BulkCodec, StreamsOfUnknownLengthRoundTrip) {
  BulkCodec codec(fixed_limits());
  for (const size_t bytes : {0, 5, 1 << 20, (1 << 20) + 1, 5 << 20}) {
    const std::string raw = text_like(bytes, bytes + 1);
    for (const auto strategy : kStrategies) {
      BulkEncodeOptions options;
      options.level = 1;
      options.strategy = strategy;
      SlowSource source(raw);
      std::string coded(raw.size() + (1 << 20), '\0');
      MemorySink sink(coded);
      const BulkResult encoded = codec.encode_stream(source, sink, options);
      ASSERT_TRUE(encoded.ok()) << encoded.status.message;
      coded.resize(encoded.bytes_out);
      EXPECT_TRUE(test::decode_stream(coded) == raw) << bytes;
      SlowSource coded_source(coded);
      std::string back(bytes, '\0');
      MemorySink raw_sink(back);
      BulkDecodeOptions decode_options;
      decode_options.strategy = strategy;
      const BulkResult decoded =
          codec.decode_stream(coded_source, raw_sink, decode_options);
      ASSERT_TRUE(decoded.ok()) << decoded.status.message;
      EXPECT_EQ(decoded.bytes_out, bytes);
      EXPECT_TRUE(back == raw);
    }
  }
}

// Frames of other writers: without a size, tiny, skippable, with windows.
TEST(BulkCodec, DecodesFramesOfAnyOrigin) {
  std::string coded;
  std::string raw;
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  for (int i = 0; i < 300; ++i) {
    const std::string piece = text_like(i % 37 == 0 ? 2000000 : 50 * i, i);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, i % 5 != 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, i % 3 == 0);
    std::string frame(ZSTD_compressBound(piece.size()), '\0');
    frame.resize(ZSTD_compress2(context, frame.data(), frame.size(),
                                piece.data(), piece.size()));
    if (i % 11 == 0) {
      coded += std::string("\x53\x2a\x4d\x18\x05\0\0\0hello", 13);
    }
    coded += frame;
    raw += piece;
  }
  ZSTD_freeCCtx(context);
  BulkCodec codec(fixed_limits());
  for (const auto strategy : kStrategies) {
    EXPECT_TRUE(decompress_or_die(codec, coded, raw.size(), strategy) == raw);
    SlowSource source(coded);
    std::string back(raw.size(), '\0');
    MemorySink sink(back);
    BulkDecodeOptions options;
    options.strategy = strategy;
    const BulkResult result = codec.decode_stream(source, sink, options);
    EXPECT_TRUE(result.ok()) << result.status.message;
    EXPECT_TRUE(back == raw);
  }
}

TEST(BulkCodec, ProgressGrowsToTheEnd) {
  BulkCodec codec(fixed_limits());
  const std::string raw = text_like(9000000, 11);
  for (const auto strategy : kStrategies) {
    BulkEncodeOptions options;
    options.level = 1;
    options.strategy = strategy;
    BulkProgress last;
    int calls = 0;
    options.progress = [&](const BulkProgress& now) {
      EXPECT_GT(now.bytes_in, last.bytes_in);
      EXPECT_GT(now.bytes_out, last.bytes_out);
      EXPECT_EQ(now.total_in, raw.size());
      last = now;
      ++calls;
    };
    const std::string coded = compress_or_die(codec, raw, options);
    EXPECT_EQ(last.bytes_in, raw.size());
    EXPECT_EQ(last.bytes_out, coded.size());
    EXPECT_GT(calls, 5);
  }
}

TEST(BulkCodec, TheBoundHolds) {
  BulkCodec codec(fixed_limits());
  for (const size_t bytes : {0, 1, 100, 1 << 20, (1 << 20) + 1, 10000000}) {
    const std::string raw = random_bytes(bytes, bytes);
    for (const auto layout : {BulkLayout::kManyFrames, BulkLayout::kOneFrame}) {
      BulkEncodeOptions options;
      options.level = 1;
      options.layout = layout;
      const std::string coded = compress_or_die(codec, raw, options);
      EXPECT_TRUE(test::decode_stream(coded) == raw);
    }
    BulkEncodeOptions seekable;
    seekable.level = 1;
    seekable.seekable = true;
    EXPECT_TRUE(test::decode_stream(compress_or_die(codec, raw, seekable)) ==
                raw);
  }
}

}  // namespace
}  // namespace gpu_zstd
