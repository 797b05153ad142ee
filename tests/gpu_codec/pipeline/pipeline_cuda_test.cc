// The streaming pipeline on a GPU makes the host model's frames.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/host_model/frame_model.h"
#include "gpu_codec/pipeline/cuda_slots.h"
#include "gpu_codec/pipeline/pipeline.h"
#include "tests/support/cuda_memory.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

TEST(PipelineOnGpu, MakesTheModelsFramesInOrder) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  const std::vector<uint8_t> input = testing::wordy_chunk(1'000'000, 3);
  for (const bool pinned : {false, true}) {
    PipelineOptions options;
    options.checksum = true;
    options.blocks_per_slot = 7;
    options.pinned_input = pinned;
    Pipeline pipeline(make_cuda_slots());
    ASSERT_EQ(pipeline.open(options, max_frame_bytes(options.block_bytes)),
              nullptr);
    host_model::FrameEncoder model(options.block_bytes, options.level, true);
    if (pinned) {
      ASSERT_EQ(cudaHostRegister(const_cast<uint8_t*>(input.data()),
                                 input.size(), cudaHostRegisterDefault),
                cudaSuccess);
    }
    size_t blocks = 0;
    EXPECT_EQ(pipeline.encode(
                  input,
                  [&](size_t block, std::span<const uint8_t> frame) {
                    ASSERT_EQ(block, blocks++);
                    const auto rest =
                        std::span(input).subspan(block * options.block_bytes);
                    std::vector<uint8_t> expected(
                        max_frame_bytes(options.block_bytes));
                    expected.resize(model.encode(
                        rest.first(std::min(rest.size(), options.block_bytes)),
                        expected));
                    EXPECT_TRUE(std::ranges::equal(frame, expected)) << block;
                  }),
              nullptr);
    EXPECT_EQ(blocks, 62u);
    if (pinned) cudaHostUnregister(const_cast<uint8_t*>(input.data()));
  }
}

}  // namespace
}  // namespace gpu_zstd
