// Frames that are looked at before they are written.
#include "tools/codec/frame_check.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <optional>
#include <vector>

namespace gpu_zstd {
namespace {

TEST(FrameCheck, NamesTheBlockThatItsFrameIsNotOf) {
  const std::vector<uint8_t> input{1, 2, 3, 4, 5, 6, 7};
  const tools::BlockList blocks{input, 2};
  tools::FrameSet frames;
  frames.stride = 32;
  frames.memory.resize(blocks.count() * frames.stride);
  for (size_t b = 0; b < blocks.count(); ++b) {
    frames.sizes.push_back(
        ZSTD_compress(frames.memory.data() + b * frames.stride, frames.stride,
                      blocks.block(b).data(), blocks.block(b).size(), 1));
  }
  EXPECT_EQ(tools::wrong_block(blocks, 0, 4, frames), std::nullopt);
  EXPECT_TRUE(tools::wrong_block(blocks, 1, 3, frames).has_value());
  frames.memory[2 * frames.stride + frames.sizes[2] - 1] ^= 1;  // a literal
  EXPECT_EQ(tools::wrong_block(blocks, 0, 4, frames), 2u);
  EXPECT_EQ(tools::wrong_block(blocks, 0, 2, frames), std::nullopt);
  frames.sizes[1] = 0;
  EXPECT_EQ(tools::wrong_block(blocks, 0, 2, frames), 1u);
}

}  // namespace
}  // namespace gpu_zstd
