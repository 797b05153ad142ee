// What the tests of the bulk library share.
#pragma once

#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <zstd.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cpu_fallback/bulk/bulk_codec.h"

namespace gpu_zstd::test {

inline constexpr std::array<BulkStrategy, 4> kStrategies = {
    BulkStrategy::kAutomatic, BulkStrategy::kSingle,
    BulkStrategy::kWorkStealing, BulkStrategy::kPipeline};

// Lets oneTBB use more threads than the machine has cores, so that the tests
// meet the same interleavings everywhere.
class ManyThreads {
 private:
  tbb::global_control control_{tbb::global_control::max_allowed_parallelism, 8};
};

// Limits that do not depend on the machine the test runs on.
inline BulkLimits fixed_limits(unsigned workers = 4) {
  return {workers, size_t{64} << 10, size_t{8} << 20, size_t{1} << 30};
}

inline std::string compress_or_die(BulkCodec& codec, std::span<const char> raw,
                                   const BulkEncodeOptions& options) {
  std::string coded(BulkCodec::max_output_bytes(raw.size(), options), '\0');
  const BulkResult result = codec.compress(raw, coded, options);
  EXPECT_TRUE(result.ok()) << result.status.message;
  EXPECT_EQ(result.bytes_in, raw.size());
  coded.resize(result.bytes_out);
  return coded;
}

// What libzstd's own streaming decoder makes of any frames in a row.
inline std::optional<std::string> decode_stream(std::span<const char> coded) {
  ZSTD_DCtx* const context = ZSTD_createDCtx();
  ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 30);
  std::string raw;
  std::vector<char> piece(ZSTD_DStreamOutSize());
  ZSTD_inBuffer input{coded.data(), coded.size(), 0};
  size_t code = 1;
  bool more = true;
  while (more) {
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    code = ZSTD_decompressStream(context, &output, &input);
    raw.append(piece.data(), output.pos);
    more = !ZSTD_isError(code) &&
           (input.pos < input.size || (code != 0 && output.pos == output.size));
  }
  ZSTD_freeDCtx(context);
  return code == 0 ? std::optional(raw) : std::nullopt;
}

// Frames that are not skippable, by libzstd's count.
inline size_t count_frames(std::span<const char> coded) {
  size_t frames = 0;
  while (!coded.empty()) {
    const size_t bytes =
        ZSTD_findFrameCompressedSize(coded.data(), coded.size());
    if (ZSTD_isError(bytes)) {
      return 0;
    }
    frames += static_cast<unsigned char>(coded[3]) == 0xFD ? 1 : 0;
    coded = coded.subspan(bytes);
  }
  return frames;
}

}  // namespace gpu_zstd::test
