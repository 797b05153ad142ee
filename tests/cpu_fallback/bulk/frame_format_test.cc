#include "cpu_fallback/bulk/frame_format.h"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_getFrameHeader
#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

std::string frame_of(size_t bytes, bool content_size, bool checksum,
                     int window_log) {
  const std::string raw = test::text_like(bytes, bytes);
  std::string frame(ZSTD_compressBound(bytes), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, content_size);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), raw.data(),
                              raw.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

TEST(FrameFormat, HeadersAgreeWithLibzstd) {
  for (const size_t bytes : {0, 1, 255, 256, 257, 65791, 65792, 200000}) {
    for (const int variant : {0, 1, 2, 3, 4, 5, 6, 7}) {
      const std::string frame = frame_of(bytes, variant & 1, variant & 2,
                                         (variant & 4) != 0 ? 10 : 0);
      ZSTD_FrameHeader theirs;
      ASSERT_EQ(ZSTD_getFrameHeader(&theirs, frame.data(), frame.size()), 0u);
      FrameHeader ours;
      ASSERT_EQ(parse_frame_header(frame, &ours), HeaderOutcome::kWhole);
      EXPECT_EQ(ours.header_bytes, theirs.headerSize);
      EXPECT_EQ(ours.checksum, theirs.checksumFlag != 0);
      EXPECT_EQ(ours.content_bytes.value_or(ZSTD_CONTENTSIZE_UNKNOWN),
                theirs.frameContentSize);
      for (size_t cut = 0; cut < ours.header_bytes; ++cut) {
        FrameHeader ignored;
        EXPECT_EQ(parse_frame_header({frame.data(), cut}, &ignored),
                  HeaderOutcome::kCutShort);
      }
    }
  }
}

TEST(FrameFormat, BlocksLeadToTheFramesEnd) {
  const std::string frame = frame_of(300000, true, true, 0);
  FrameHeader header;
  ASSERT_EQ(parse_frame_header(frame, &header), HeaderOutcome::kWhole);
  size_t at = header.header_bytes;
  BlockHeader block;
  while (!block.last) {
    ASSERT_LT(at + kBlockHeaderBytes, frame.size());
    block = parse_block_header(frame.data() + at);
    at += kBlockHeaderBytes + block.stored_bytes;
  }
  EXPECT_EQ(at + kChecksumBytes, frame.size());
}

TEST(FrameFormat, KnowsSkippableFramesAndStrangers) {
  std::string skippable(8, '\0');
  FrameHeader header;
  for (uint32_t kind = 0; kind < 16; ++kind) {
    store_u32(skippable.data(), kSkippableMagic + kind);
    store_u32(skippable.data() + 4, 1234);
    ASSERT_EQ(parse_frame_header(skippable, &header), HeaderOutcome::kWhole);
    EXPECT_TRUE(header.skippable);
    EXPECT_EQ(header.content_bytes, 1234u);
  }
  EXPECT_EQ(parse_frame_header(std::string("no frame at all"), &header),
            HeaderOutcome::kNotAFrame);
}

}  // namespace
}  // namespace gpu_zstd
