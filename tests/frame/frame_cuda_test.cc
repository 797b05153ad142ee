// Frames made on a GPU equal the host model's, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/host_model/frame_model.h"
#include "tests/support/cuda_memory.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

using Chunks = std::vector<std::vector<uint8_t>>;

struct GpuFrame {
  Status status;
  std::vector<uint8_t> bytes;
};

// A batch in memory that both sides can use.
class Batch {
 public:
  Batch(const Chunks& chunks, const std::vector<size_t>& capacities)
      : count_(chunks.size()),
        inputs_(managed<const void*>(count_)),
        outputs_(managed<void*>(count_)),
        sizes_(managed<size_t>(count_)),
        capacities_(managed<size_t>(count_)),
        output_sizes_(managed<size_t>(count_)),
        statuses_(managed<Status>(count_)) {
    for (size_t c = 0; c < count_; ++c) {
      memory_.push_back(managed<uint8_t>(chunks[c].size() + 1));
      std::copy(chunks[c].begin(), chunks[c].end(), memory_.back().get());
      inputs_[c] = memory_.back().get();
      memory_.push_back(managed<uint8_t>(capacities[c] + kGuard));
      std::fill_n(memory_.back().get(), capacities[c] + kGuard, 0xA5);
      outputs_[c] = memory_.back().get();
      sizes_[c] = chunks[c].size();
      capacities_[c] = capacities[c];
    }
  }

  // `workspace_chunks` as if the batch were of so many chunks.
  cudaError_t run(size_t max_chunk_bytes, const CompressOptions& options,
                  size_t workspace_chunks) {
    const size_t bytes = get_batch_workspace_size(
        workspace_chunks, max_chunk_bytes, options.level);
    const auto workspace = managed<uint8_t>(bytes);
    const cudaError_t error = compress_batch_async(
        inputs_.get(), sizes_.get(), max_chunk_bytes, count_, workspace.get(),
        bytes, outputs_.get(), capacities_.get(), output_sizes_.get(),
        statuses_.get(), options, nullptr);
    return error != cudaSuccess ? error : cudaDeviceSynchronize();
  }
  cudaError_t run(size_t max_chunk_bytes, const CompressOptions& options) {
    return run(max_chunk_bytes, options, count_);
  }

  // Chunk after chunk, each by a call of its own.
  cudaError_t run_alone(const CompressOptions& options) {
    cudaError_t error = cudaSuccess;
    for (size_t c = 0; c < count_ && error == cudaSuccess; ++c) {
      const size_t bytes = get_workspace_size(sizes_[c], options.level);
      const auto workspace = managed<uint8_t>(bytes);
      error = compress_async(workspace.get(), bytes, inputs_[c], sizes_[c],
                             outputs_[c], capacities_[c], &output_sizes_[c],
                             &statuses_[c], options, nullptr);
      if (error == cudaSuccess) error = cudaDeviceSynchronize();
    }
    return error;
  }

  GpuFrame frame(size_t c) const {
    const uint8_t* out = static_cast<const uint8_t*>(outputs_[c]);
    EXPECT_EQ(
        std::count(out + capacities_[c], out + capacities_[c] + kGuard, 0xA5),
        static_cast<ptrdiff_t>(kGuard));
    return {statuses_[c], {out, out + output_sizes_[c]}};
  }

 private:
  static constexpr size_t kGuard = 64;

  size_t count_;
  ManagedArray<const void*> inputs_;
  ManagedArray<void*> outputs_;
  ManagedArray<size_t> sizes_;
  ManagedArray<size_t> capacities_;
  ManagedArray<size_t> output_sizes_;
  ManagedArray<Status> statuses_;
  std::vector<ManagedArray<uint8_t>> memory_;
};

std::vector<uint8_t> model_frame(const std::vector<uint8_t>& chunk, int level) {
  host_model::FrameEncoder encoder(chunk.size(), level, true);
  std::vector<uint8_t> frame(max_frame_bytes(chunk.size()));
  frame.resize(encoder.encode(chunk, frame));
  return frame;
}

Chunks chunks_of_sizes(const std::vector<size_t>& sizes) {
  Chunks chunks;
  for (const size_t n : sizes) {
    for (testing::NamedChunk& shape : testing::chunk_shapes(n, 17)) {
      chunks.push_back(std::move(shape.bytes));
    }
  }
  return chunks;
}

void expect_model_frames(const Chunks& chunks, size_t max_chunk_bytes,
                         const CompressOptions& options) {
  std::vector<size_t> capacities;
  for (const auto& chunk : chunks) {
    capacities.push_back(max_frame_bytes(chunk.size()));
  }
  Batch batch(chunks, capacities);
  ASSERT_EQ(batch.run(max_chunk_bytes, options), cudaSuccess);
  for (size_t c = 0; c < chunks.size(); ++c) {
    const GpuFrame frame = batch.frame(c);
    EXPECT_EQ(frame.status, Status::kCompressed);
    EXPECT_EQ(frame.bytes, model_frame(chunks[c], options.level))
        << "chunk " << c << " of " << chunks[c].size();
  }
}

class FrameOnGpu : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
    options_.level = GetParam();
    options_.checksum = true;
  }

  CompressOptions options_;
};

// With and without lane order, by the kernel that fills a device and by that
// whose CTAs have a multiprocessor each.
void expect_model_frames_in_every_way(const Chunks& chunks,
                                      size_t max_chunk_bytes,
                                      CompressOptions options) {
  DeviceTraits found;
  ASSERT_EQ(probe_device(&found), cudaSuccess);
  ASSERT_GT(found.multiprocessors, 0u);
  for (const bool lane_order : {false, found.lane_order}) {
    for (const uint32_t multiprocessors : {0u, 1u << 20}) {
      options.device = {lane_order, multiprocessors};
      SCOPED_TRACE(multiprocessors);
      expect_model_frames(chunks, max_chunk_bytes, options);
    }
  }
}

TEST_P(FrameOnGpu, TinyBlocks) {
  expect_model_frames_in_every_way(
      chunks_of_sizes({0, 1, 3, 100, 1000, 2049, 4096}), 4096, options_);
}

TEST_P(FrameOnGpu, SmallBlocks) {
  expect_model_frames_in_every_way(
      chunks_of_sizes({0, 1, 3, 100, 4097, 10000, 16384}), 16384, options_);
}

TEST_P(FrameOnGpu, MediumBlocksWithAndWithoutLaneOrder) {
  const Chunks chunks = chunks_of_sizes({0, 100, 16384, 16385, 33333, 65536});
  expect_model_frames(chunks, 65536, options_);
  ASSERT_EQ(probe_device(&options_.device), cudaSuccess);
  expect_model_frames(chunks, 65536, options_);
}

TEST_P(FrameOnGpu, LargeBlocksAndMixedSizes) {
  ASSERT_EQ(probe_device(&options_.device), cudaSuccess);
  expect_model_frames(chunks_of_sizes({50, 16384, 65536, 131072, 200000}),
                      200000, options_);
}

TEST_P(FrameOnGpu, ChunksOfSeveralBlocks) {
  ASSERT_EQ(probe_device(&options_.device), cudaSuccess);
  Chunks chunks;
  for (const size_t n : {131073u, 262144u, 500000u, 1u << 20}) {
    chunks.push_back(testing::wordy_chunk(n, 23));
  }
  std::vector<uint8_t> mixed = testing::random_chunk(300000, 4);
  mixed.resize(600000, 'x');
  chunks.push_back(mixed);
  expect_model_frames(chunks, 1 << 20, options_);
}

// Whatever the order and the neighbours, with workspace for one chunk, and each
// chunk alone.
TEST_P(FrameOnGpu, SameFramesInEveryShapeOfBatch) {
  ASSERT_EQ(probe_device(&options_.device), cudaSuccess);
  Chunks chunks = chunks_of_sizes({0, 200, 5000, 16384, 40000});
  std::vector<std::vector<uint8_t>> expected;
  std::vector<size_t> capacities;
  for (const auto& chunk : chunks) {
    expected.push_back(model_frame(chunk, options_.level));
    capacities.push_back(max_frame_bytes(chunk.size()));
  }
  const auto expect_frames = [&](const Batch& batch, const char* shape) {
    for (size_t c = 0; c < chunks.size(); ++c) {
      EXPECT_EQ(batch.frame(c).bytes, expected[c]) << shape << ", chunk " << c;
    }
  };
  Batch narrow(chunks, capacities);
  ASSERT_EQ(narrow.run(40000, options_, 1), cudaSuccess);
  expect_frames(narrow, "workspace of one chunk");
  Batch alone(chunks, capacities);
  ASSERT_EQ(alone.run_alone(options_), cudaSuccess);
  expect_frames(alone, "alone");
  std::reverse(chunks.begin(), chunks.end());
  std::reverse(expected.begin(), expected.end());
  std::reverse(capacities.begin(), capacities.end());
  Batch reversed(chunks, capacities);
  ASSERT_EQ(reversed.run(40000, options_), cudaSuccess);
  expect_frames(reversed, "reversed");
}

INSTANTIATE_TEST_SUITE_P(Levels, FrameOnGpu,
                         ::testing::Values(1, 3, 4, 9, 12, 19, 22));

TEST(FrameOnGpu, SaysWhatDoesNotFitAndWhatIsTooLarge) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  const std::vector<uint8_t> words = testing::wordy_chunk(5000, 3);
  const size_t exact = model_frame(words, 3).size();
  Chunks chunks;
  std::vector<size_t> capacities;
  for (size_t capacity = 0; capacity < exact + 3; ++capacity) {
    chunks.push_back(words);
    capacities.push_back(capacity);
  }
  chunks.push_back(testing::wordy_chunk(5001, 3));
  capacities.push_back(6000);
  CompressOptions options;
  options.checksum = true;
  Batch batch(chunks, capacities);
  ASSERT_EQ(batch.run(5000, options), cudaSuccess);
  for (size_t c = 0; c < exact + 3; ++c) {
    EXPECT_EQ(batch.frame(c).status,
              c < exact ? Status::kDoesNotFit : Status::kCompressed);
  }
  EXPECT_EQ(batch.frame(exact + 3).status, Status::kUnsupported);
}

}  // namespace
}  // namespace gpu_zstd
