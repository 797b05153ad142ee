// What a benchmark's engine on a device shows is of its last call.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "tests/support/cuda_memory.h"
#include "tools/codec/device_engine.h"

namespace gpu_zstd {
namespace {

constexpr size_t kCapacity = 64;

// Says that it made a frame of each block, unless told to do nothing.
class LazyEngine : public tools::DeviceEngine {
 public:
  enum class Work { kAll, kStatusesOnly, kLeadOnly, kNothing };

  Work work = Work::kAll;

  std::string measures() const override { return "nothing"; }

 protected:
  tools::BatchNeeds needs(const tools::BlockList&) override {
    return {1, kCapacity, 16};
  }

  cudaError_t launch(const tools::DeviceBlocks& blocks, size_t first,
                     size_t count, size_t place, cudaStream_t stream) override {
    const bool lead = place != 0;
    if (work == Work::kNothing || (work == Work::kLeadOnly && !lead)) {
      return cudaSuccess;
    }
    cudaError_t error =
        cudaMemsetAsync(blocks.statuses.get() + place, 0,
                        count * sizeof(*blocks.statuses.get()), stream);
    if (work == Work::kStatusesOnly) return error;
    if (error == cudaSuccess) {
      const std::vector<size_t> sizes(count, kCapacity);
      error = cudaMemcpyAsync(blocks.frame_bytes.get() + place, sizes.data(),
                              count * sizeof(size_t), cudaMemcpyHostToDevice,
                              stream);
    }
    if (error == cudaSuccess) {
      error = cudaMemsetAsync(blocks.output.get() + place * kCapacity, 0x55,
                              count * kCapacity, stream);
    }
    return error;
  }

  bool is_success(uint32_t status) const override { return status == 0; }
};

TEST(DeviceEngine, DoesNotShowTheFramesOfAnEarlierCall) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  using Work = LazyEngine::Work;
  const std::vector<uint8_t> input(500);
  const tools::BlockList blocks{input, 100};
  LazyEngine engine;
  engine.load(blocks);
  for (const size_t count : {size_t{1}, blocks.count()}) {
    const auto all_are = [&](uint8_t byte) {
      const std::vector<uint8_t>& memory = engine.frames().memory;
      return memory.size() == count * kCapacity &&
             std::ranges::all_of(memory, [&](uint8_t b) { return b == byte; });
    };
    engine.work = Work::kAll;
    ASSERT_NO_THROW(engine.encode(0, count));
    ASSERT_EQ(engine.frames().sizes, std::vector<size_t>(count, kCapacity));
    ASSERT_TRUE(all_are(0x55));
    engine.work = Work::kStatusesOnly;
    ASSERT_NO_THROW(engine.encode(0, count));
    EXPECT_EQ(engine.frames().sizes, std::vector<size_t>(count, 0));
    EXPECT_TRUE(all_are(0));
    for (const Work work : {Work::kLeadOnly, Work::kNothing}) {
      engine.work = work;
      EXPECT_THROW(engine.encode(0, count), std::runtime_error);
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
