// Errors of CUDA's runtime are told by the call that made them, once.
#include <gtest/gtest.h>

#include <cstdint>

#include "gpu_codec/stages/frame.h"
#include "tests/support/cuda_memory.h"

namespace gpu_zstd {
namespace {

// No frame has no blocks: the grid is empty, which CUDA refuses.
TEST(LaunchCheck, ARefusedLaunchLeavesNoError) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  EXPECT_NE(launch_frame_assembler(nullptr, 1, 0, nullptr, nullptr),
            cudaSuccess);
  EXPECT_EQ(cudaPeekAtLastError(), cudaSuccess);
}

TEST(LaunchCheck, AnEarlierErrorIsNotTheLaunchs) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  const auto content = managed<uint8_t>(1);
  const auto contents = managed<const uint8_t*>(1);
  const auto size = managed<uint64_t>(1);
  const auto hash = managed<uint64_t>(1);
  ASSERT_TRUE(content && contents && size && hash);
  contents[0] = content.get();
  size[0] = 0;
  void* none = nullptr;
  const cudaError_t earlier = cudaMalloc(&none, size_t{1} << 60);
  ASSERT_NE(earlier, cudaSuccess);
  EXPECT_EQ(launch_content_checksum(contents.get(), size.get(), 1, hash.get(),
                                    nullptr),
            cudaSuccess);
  EXPECT_EQ(cudaGetLastError(), earlier);  // its owner may still ask
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(hash[0], 0xEF46DB3751D8E999u);  // XXH64 of nothing
}

}  // namespace
}  // namespace gpu_zstd
