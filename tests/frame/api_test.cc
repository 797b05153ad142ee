// What the encoder's functions refuse, and what they say about sizes; needs no
// device, for nothing is enqueued.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>

#include "gpu_codec/gpu_codec.h"

namespace gpu_zstd {
namespace {

constexpr size_t kChunk = 16384;
constexpr int kLevel = 3;

// Addresses only; nobody looks behind them.
template <class T>
T* somewhere() {
  return reinterpret_cast<T*>(uintptr_t{4096});
}

struct BatchCall {
  const void* const* inputs = somewhere<const void* const>();
  const size_t* input_sizes = somewhere<const size_t>();
  size_t batch_size = 5;
  void* workspace = somewhere<void>();
  size_t workspace_size = get_workspace_size(kChunk, kLevel);
  void* const* outputs = somewhere<void* const>();
  const size_t* capacities = somewhere<const size_t>();
  size_t* output_sizes = somewhere<size_t>();
  Status* statuses = somewhere<Status>();

  cudaError_t run() const {
    return compress_batch_async(inputs, input_sizes, kChunk, batch_size,
                                workspace, workspace_size, outputs, capacities,
                                output_sizes, statuses, {}, nullptr);
  }
};

void expect_refused(const std::function<void(BatchCall&)>& spoil) {
  BatchCall call;
  spoil(call);
  EXPECT_EQ(call.run(), cudaErrorInvalidValue);
}

TEST(CompressBatch, RefusesNullArrays) {
  expect_refused([](BatchCall& c) { c.inputs = nullptr; });
  expect_refused([](BatchCall& c) { c.input_sizes = nullptr; });
  expect_refused([](BatchCall& c) { c.outputs = nullptr; });
  expect_refused([](BatchCall& c) { c.capacities = nullptr; });
  expect_refused([](BatchCall& c) { c.output_sizes = nullptr; });
  expect_refused([](BatchCall& c) { c.statuses = nullptr; });
}

TEST(CompressBatch, RefusesWorkspacesItCannotUse) {
  expect_refused([](BatchCall& c) { c.workspace = nullptr; });
  expect_refused([](BatchCall& c) {
    c.workspace = static_cast<uint8_t*>(c.workspace) + 8;
  });
  expect_refused([](BatchCall& c) { --c.workspace_size; });
}

TEST(CompressBatch, RefusesMoreChunksThanItCanCount) {
  expect_refused([](BatchCall& c) { c.batch_size = (size_t{1} << 31) + 1; });
}

TEST(CompressBatch, AnEmptyBatchIsNoError) {
  EXPECT_EQ(compress_batch_async(nullptr, nullptr, 0, 0, nullptr, 0, nullptr,
                                 nullptr, nullptr, nullptr, {}, nullptr),
            cudaSuccess);
}

TEST(Compress, RefusesDataWithoutAnAddress) {
  const size_t bytes = get_workspace_size(kChunk, kLevel);
  const auto run = [&](void* workspace, size_t workspace_size,
                       const void* input, void* output, size_t* size,
                       Status* status) {
    return compress_async(workspace, workspace_size, input, kChunk, output, 100,
                          size, status, {}, nullptr);
  };
  void* const some = somewhere<void>();
  size_t* const size = somewhere<size_t>();
  Status* const status = somewhere<Status>();
  EXPECT_EQ(run(some, bytes, nullptr, some, size, status),
            cudaErrorInvalidValue);
  EXPECT_EQ(run(some, bytes, some, nullptr, size, status),
            cudaErrorInvalidValue);
  EXPECT_EQ(run(some, bytes, some, some, nullptr, status),
            cudaErrorInvalidValue);
  EXPECT_EQ(run(some, bytes, some, some, size, nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(run(nullptr, bytes, some, some, size, status),
            cudaErrorInvalidValue);
  EXPECT_EQ(run(some, bytes - 1, some, some, size, status),
            cudaErrorInvalidValue);
}

TEST(Sizes, GrowWithTheBatchUpToWhatADeviceRuns) {
  for (const int level : {1, 3, 9, 12, 19, 22}) {
    const size_t one = get_workspace_size(kChunk, level);
    EXPECT_GT(one, 0u);
    EXPECT_EQ(one % 16, 0u);
    EXPECT_EQ(get_batch_workspace_size(0, kChunk, level), one);
    EXPECT_EQ(get_batch_workspace_size(1, kChunk, level), one);
    EXPECT_EQ(get_batch_workspace_size(7, kChunk, level), 7 * one);
    EXPECT_EQ(get_batch_workspace_size(528, kChunk, level), 528 * one);
    EXPECT_EQ(get_batch_workspace_size(1'000'000, kChunk, level), 528 * one);
    EXPECT_GE(get_workspace_size(131072, level), one);
  }
}

TEST(Sizes, LevelsOutsideTheRangeAreTheNearest) {
  EXPECT_EQ(get_workspace_size(kChunk, -5), get_workspace_size(kChunk, 1));
  EXPECT_EQ(get_workspace_size(kChunk, 99), get_workspace_size(kChunk, 22));
}

// Header and checksum, and 3 bytes for each block of 128 KB.
TEST(Sizes, TheBoundIsTheContentAndItsHeaders) {
  EXPECT_GE(max_frame_bytes(0), 4u + 2 + 3 + 4);
  for (const size_t n : {1ul, 255ul, 16384ul, 131072ul, 131073ul, 16ul << 20}) {
    const size_t blocks = (n + 131071) / 131072;
    EXPECT_LE(max_frame_bytes(n), n + 13 + 3 * blocks + 4);
    EXPECT_GE(max_frame_bytes(n), n + 6 + 3 * blocks + 4);
  }
}

}  // namespace
}  // namespace gpu_zstd
