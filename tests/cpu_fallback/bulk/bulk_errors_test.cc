// Everything that can be wrong with a call in memory: each has its own error
// and its place.
#include <gtest/gtest.h>

#include <stdexcept>

#include "cpu_fallback/bulk/bulk_codec.h"
#include "cpu_fallback/bulk/frame_format.h"
#include "tests/cpu_fallback/bulk/bulk_test_util.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using test::compress_or_die;
using test::fixed_limits;
using test::kStrategies;
using test::text_like;

class BulkErrors : public testing::TestWithParam<BulkStrategy> {
 protected:
  BulkErrors() : codec_(fixed_limits()), raw_(text_like(5000000, 1)) {
    BulkEncodeOptions options;
    options.level = 1;
    coded_ = compress_or_die(codec_, raw_, options);
    first_frame_ = ZSTD_findFrameCompressedSize(coded_.data(), coded_.size());
  }
  BulkResult decode(const std::string& coded) {
    BulkDecodeOptions options;
    options.strategy = GetParam();
    back_.assign(raw_.size(), '\0');
    return codec_.decompress(coded, back_, options);
  }
  BulkEncodeOptions encode_options() const {
    BulkEncodeOptions options;
    options.level = 1;
    options.strategy = GetParam();
    return options;
  }

  BulkCodec codec_;
  std::string raw_;
  std::string coded_;
  std::string back_;
  size_t first_frame_ = 0;
};

TEST_P(BulkErrors, TruncatedAnywhereSaysSoAndWhere) {
  std::vector<size_t> cuts = {
      4, 5, 7, 8, 9, 20, first_frame_ - 1, first_frame_ + 4, first_frame_ + 12};
  for (size_t cut = 1000; cut < coded_.size(); cut += 99991) {
    cuts.push_back(cut);
  }
  cuts.push_back(coded_.size() - 1);
  for (const size_t cut : cuts) {
    const BulkResult result = decode(coded_.substr(0, cut));
    EXPECT_EQ(result.status.error, BulkError::kTruncated) << cut;
    EXPECT_EQ(result.status.offset, cut);
    EXPECT_LE(result.bytes_in, cut);
  }
}

// Behind frames that do not fill a task, and behind those that do.
TEST_P(BulkErrors, ASkippableFrameThatIsCutSaysSoAndWhere) {
  std::string skippable("\x50\x2a\x4d\x18\x20\0\0\0", 8);
  skippable += std::string(32, 's');
  BulkEncodeOptions encoding;
  const std::string small = text_like(100000, 7);
  for (const auto& [raw, coded] :
       {std::pair(small, compress_or_die(codec_, small, encoding)),
        std::pair(raw_, coded_)}) {
    for (size_t cut = 4; cut < skippable.size(); ++cut) {
      const BulkResult result = decode(coded + skippable.substr(0, cut));
      EXPECT_EQ(result.status.error, BulkError::kTruncated) << cut;
      EXPECT_EQ(result.status.offset, coded.size() + cut);
      EXPECT_EQ(result.bytes_out, raw.size()) << "what came before is whole";
      EXPECT_TRUE(back_.substr(0, raw.size()) == raw);
    }
    EXPECT_TRUE(decode(coded + skippable).ok());
  }
}

TEST_P(BulkErrors, OneFlippedBitIsFoundNearItsPlace) {
  for (size_t at = first_frame_ / 2; at < coded_.size(); at += 150001) {
    std::string bad = coded_;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    const BulkResult result = decode(bad);
    EXPECT_FALSE(result.ok()) << at;
    EXPECT_TRUE(result.status.error == BulkError::kCorrupt ||
                result.status.error == BulkError::kTruncated)
        << to_string(result.status.error);
    EXPECT_GE(result.status.offset, result.bytes_in);
    EXPECT_LE(result.status.offset, coded_.size());
    EXPECT_EQ(back_.substr(0, result.bytes_out),
              raw_.substr(0, result.bytes_out));
  }
}

TEST_P(BulkErrors, AWrongChecksumIsCorrupt) {
  std::string bad = coded_;
  bad[first_frame_ - 1] = static_cast<char>(bad[first_frame_ - 1] ^ 1);
  const BulkResult result = decode(bad);
  EXPECT_EQ(result.status.error, BulkError::kCorrupt);
  EXPECT_NE(result.status.message.find("checksum"), std::string::npos);
  EXPECT_LE(result.status.offset, first_frame_);
  EXPECT_GT(result.status.offset, first_frame_ / 2);
  EXPECT_EQ(result.bytes_out, 0u);
}

TEST_P(BulkErrors, AReservedBlockTypeIsCorrupt) {
  std::string bad = coded_;
  FrameHeader header;
  ASSERT_EQ(parse_frame_header(bad, &header), HeaderOutcome::kWhole);
  bad[header.header_bytes] = static_cast<char>(bad[header.header_bytes] | 6);
  const BulkResult result = decode(bad);
  EXPECT_EQ(result.status.error, BulkError::kCorrupt);
  EXPECT_EQ(result.status.offset, header.header_bytes);
}

TEST_P(BulkErrors, TrailingGarbageIsToldFromDataAndPlaced) {
  for (const std::string& garbage :
       {std::string("x"), std::string("garbage after the frames"),
        std::string(3, '\0'), std::string(100000, '\0')}) {
    const BulkResult result = decode(coded_ + garbage);
    EXPECT_EQ(result.status.error, BulkError::kTrailingGarbage);
    EXPECT_EQ(result.status.offset, coded_.size());
    EXPECT_EQ(result.bytes_out, raw_.size()) << "what came before is whole";
    EXPECT_TRUE(back_ == raw_);
  }
}

TEST_P(BulkErrors, NotZstd) {
  for (const std::string& data :
       {std::string("plain text"), std::string("\x1f\x8b\x08 gzip"),
        std::string(1, 'a'), std::string(5000000, 'b'), std::string()}) {
    const BulkResult result = decode(data);
    EXPECT_EQ(result.status.error, BulkError::kNotZstd);
    EXPECT_EQ(result.status.offset, 0u);
  }
}

TEST_P(BulkErrors, OutputTooSmallForDecoding) {
  BulkDecodeOptions options;
  options.strategy = GetParam();
  for (const size_t room : {size_t{0}, size_t{1}, raw_.size() - 1}) {
    std::string back(room + 16, '\x5a');
    const BulkResult result =
        codec_.decompress(coded_, {back.data(), room}, options);
    EXPECT_EQ(result.status.error, BulkError::kOutputFull) << room;
    EXPECT_EQ(back.substr(room), std::string(16, '\x5a'));
  }
}

TEST_P(BulkErrors, OutputTooSmallForEncoding) {
  for (const size_t room : {size_t{0}, size_t{100}, coded_.size() - 1}) {
    for (const bool seekable : {false, true}) {
      std::string out(room + 16, '\x5a');
      BulkEncodeOptions options = encode_options();
      options.seekable = seekable;
      const BulkResult result =
          codec_.compress(raw_, {out.data(), room}, options);
      EXPECT_EQ(result.status.error, BulkError::kOutputFull) << room;
      EXPECT_EQ(out.substr(room), std::string(16, '\x5a'));
    }
  }
  std::string exact(coded_.size(), '\0');
  EXPECT_TRUE(codec_.compress(raw_, exact, encode_options()).ok());
  EXPECT_TRUE(exact == coded_);
}

TEST_P(BulkErrors, ASinkThatRefusesOrThrowsEndsTheCall) {
  int calls = 0;
  const BulkResult refused = codec_.compress_to(
      raw_, [&](std::span<const char>) { return ++calls < 2; },
      encode_options());
  EXPECT_EQ(refused.status.error, BulkError::kUnwritable);
  EXPECT_EQ(refused.status.offset, first_frame_);
  EXPECT_EQ(calls, 2);
  const BulkResult thrown = codec_.compress_to(
      raw_,
      [&](std::span<const char>) -> bool { throw std::runtime_error("sink"); },
      encode_options());
  EXPECT_EQ(thrown.status.error, BulkError::kFailed);
  EXPECT_NE(thrown.status.message.find("sink"), std::string::npos);
}

TEST_P(BulkErrors, CancellationEndsBothWays) {
  std::atomic<bool> cancel{false};
  BulkEncodeOptions options = encode_options();
  options.cancel = &cancel;
  options.progress = [&](const BulkProgress&) { cancel = true; };
  std::string out(coded_.size() + 100000, '\0');
  const BulkResult encoded = codec_.compress(raw_, out, options);
  EXPECT_EQ(encoded.status.error, BulkError::kCancelled);
  EXPECT_EQ(encoded.bytes_out, first_frame_);
  cancel = false;
  BulkDecodeOptions decode_options;
  decode_options.strategy = GetParam();
  decode_options.cancel = &cancel;
  decode_options.progress = options.progress;
  std::string back(raw_.size(), '\0');
  const BulkResult decoded = codec_.decompress(coded_, back, decode_options);
  EXPECT_EQ(decoded.status.error, BulkError::kCancelled);
  EXPECT_LT(decoded.bytes_out, raw_.size());
}

TEST_P(BulkErrors, ACodecWorksOnAfterErrors) {
  EXPECT_FALSE(decode(coded_.substr(0, 5000)).ok());
  std::string tiny(10, '\0');
  EXPECT_FALSE(codec_.compress(raw_, tiny, encode_options()).ok());
  EXPECT_TRUE(decode(coded_).ok());
  EXPECT_TRUE(back_ == raw_);
}

INSTANTIATE_TEST_SUITE_P(Strategies, BulkErrors,
                         testing::ValuesIn(kStrategies));

TEST(BulkOptions, OutOfRangeIsNamed) {
  BulkCodec codec(fixed_limits());
  std::string out(100000, '\0');
  const std::string raw = text_like(1000, 2);
  const auto error_of = [&](const BulkEncodeOptions& options) {
    return codec.compress(raw, out, options).status;
  };
  for (const int level : {0, 23, 100, -200000}) {
    BulkEncodeOptions options;
    options.level = level;
    EXPECT_EQ(error_of(options).error, BulkError::kBadOption) << level;
    EXPECT_NE(error_of(options).message.find("level"), std::string::npos);
  }
  for (const int window_log : {1, 9, 31, -1}) {
    BulkEncodeOptions options;
    options.window_log = window_log;
    EXPECT_EQ(error_of(options).error, BulkError::kBadOption) << window_log;
  }
  for (const size_t frame_bytes : {size_t{1}, size_t{65535}, size_t{2} << 30}) {
    BulkEncodeOptions options;
    options.frame_bytes = frame_bytes;
    EXPECT_EQ(error_of(options).error, BulkError::kBadOption) << frame_bytes;
  }
  BulkEncodeOptions both;
  both.layout = BulkLayout::kOneFrame;
  both.seekable = true;
  EXPECT_EQ(error_of(both).error, BulkError::kBadOption);
  BulkDecodeOptions decode_options;
  decode_options.max_window_log = 40;
  EXPECT_EQ(codec.decompress(raw, out, decode_options).status.error,
            BulkError::kBadOption);
}

// A frame that tells no size is decoded as a stream, within the window allowed.
TEST(BulkOptions, AWindowBeyondTheLimitIsRefused) {
  const std::string raw = text_like(3000000, 3);
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 24);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_outBuffer output{nullptr, 0, 0};
  std::string coded(ZSTD_compressBound(raw.size()), '\0');
  output = {coded.data(), coded.size(), 0};
  ZSTD_inBuffer input{raw.data(), raw.size(), 0};
  while (ZSTD_compressStream2(context, &output, &input, ZSTD_e_end) != 0) {
  }
  coded.resize(output.pos);
  ZSTD_freeCCtx(context);
  BulkCodec codec(fixed_limits());
  std::string back(raw.size(), '\0');
  BulkDecodeOptions options;
  options.max_window_log = 20;
  EXPECT_EQ(codec.decompress(coded, back, options).status.error,
            BulkError::kWindowTooLarge);
  options.max_window_log = 24;
  EXPECT_TRUE(codec.decompress(coded, back, options).ok());
  EXPECT_TRUE(back == raw);
  for (const size_t cut : {coded.size() - 1, coded.size() / 2, size_t{7}}) {
    const BulkResult result =
        codec.decompress({coded.data(), cut}, back, options);
    EXPECT_EQ(result.status.error, BulkError::kTruncated);
    EXPECT_EQ(result.status.offset, cut);
  }
}

}  // namespace
}  // namespace gpu_zstd
