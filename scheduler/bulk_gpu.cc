#include "scheduler/bulk_gpu.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

#include "gpu_codec/gpu_codec.h"
#include "scheduler/device_result.h"

namespace gpu_zstd {
namespace {

// Larger blocks are indexes, which come singly: the CPU has them sooner.
constexpr size_t kLargestBlock = 256 << 10;
constexpr size_t kAlignment = 16;
// A call can end with a block of the largest size, and padding.
constexpr size_t kStagingBytes = 2 * BulkGpu::kCallBytes;
constexpr size_t kMaxBlocks = 4096;
// While some copy and some compress, the rest of the threads read and write.
constexpr size_t kLanes = 8;
constexpr size_t kMostWorkspace = 512 << 20;

size_t aligned(size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

template <typename T>
cudaError_t take_pinned(T** memory, size_t bytes) {
  return cudaMallocHost(reinterpret_cast<void**>(memory), bytes);
}

template <typename T>
cudaError_t take_device(T** memory, size_t bytes) {
  return cudaMalloc(reinterpret_cast<void**>(memory), bytes);
}

// CUDA calls in a row; the first error stays, and ends them.
class Calls {
 public:
  template <typename Call>
  void then(Call&& call) {
    if (error_ == cudaSuccess) {
      error_ = call();
    }
  }
  cudaError_t error() const { return error_; }

 private:
  cudaError_t error_ = cudaSuccess;
};

// What the device reads and writes of a batch besides the blocks: pinned, so
// that both sides see it where it is.
struct BatchArrays {
  const void* inputs[kMaxBlocks];
  size_t input_sizes[kMaxBlocks];
  void* outputs[kMaxBlocks];
  size_t capacities[kMaxBlocks];
  size_t output_sizes[kMaxBlocks];
  Status statuses[kMaxBlocks];
};

// Stream and memory of one call at a time.
class BulkLane {
 public:
  BulkLane() = default;
  ~BulkLane() {
    cudaFreeHost(arrays_);
    cudaFreeHost(h_inputs_);
    cudaFreeHost(h_outputs_);
    cudaFree(d_inputs_);
    cudaFree(d_outputs_);
    cudaFree(d_workspace_);
    if (stream_ != nullptr) {
      cudaStreamDestroy(stream_);
    }
  }
  BulkLane(const BulkLane&) = delete;
  BulkLane& operator=(const BulkLane&) = delete;

  // Takes memory at the first call, and more workspace when that is needed.
  cudaError_t compress(std::span<BlockJob* const> jobs,
                       const CompressOptions& options);

 private:
  cudaError_t allocate();
  cudaError_t reserve_workspace(size_t blocks, size_t largest, int level);

  cudaStream_t stream_ = nullptr;
  BatchArrays* arrays_ = nullptr;
  char* h_inputs_ = nullptr;
  char* h_outputs_ = nullptr;
  char* d_inputs_ = nullptr;
  char* d_outputs_ = nullptr;
  void* d_workspace_ = nullptr;
  size_t workspace_bytes_ = 0;
};

cudaError_t BulkLane::allocate() {
  Calls calls;
  calls.then([&] {
    return cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking);
  });
  calls.then([&] { return take_pinned(&arrays_, sizeof(BatchArrays)); });
  calls.then([&] { return take_pinned(&h_inputs_, kStagingBytes); });
  calls.then([&] { return take_pinned(&h_outputs_, kStagingBytes); });
  calls.then([&] { return take_device(&d_inputs_, kStagingBytes); });
  calls.then([&] { return take_device(&d_outputs_, kStagingBytes); });
  return calls.error();
}

cudaError_t BulkLane::reserve_workspace(size_t blocks, size_t largest,
                                        int level) {
  const size_t wanted =
      std::max(get_workspace_size(largest, level),
               std::min(get_batch_workspace_size(blocks, largest, level),
                        kMostWorkspace));
  if (wanted <= workspace_bytes_) {
    return cudaSuccess;
  }
  Calls calls;
  calls.then([&] { return cudaFree(d_workspace_); });
  d_workspace_ = nullptr;
  workspace_bytes_ = 0;
  calls.then([&] { return cudaMalloc(&d_workspace_, wanted); });
  if (calls.error() == cudaSuccess) {
    workspace_bytes_ = wanted;
  }
  return calls.error();
}

cudaError_t BulkLane::compress(std::span<BlockJob* const> jobs,
                               const CompressOptions& options) {
  Calls calls;
  if (stream_ == nullptr) {
    calls.then([&] { return allocate(); });
  }
  if (calls.error() != cudaSuccess) {
    return calls.error();
  }
  size_t input_at = 0;
  size_t output_at = 0;
  size_t largest = 0;
  for (size_t i = 0; i < jobs.size(); ++i) {
    const BlockJob& job = *jobs[i];
    std::memcpy(h_inputs_ + input_at, job.input.data(), job.input.size());
    arrays_->inputs[i] = d_inputs_ + input_at;
    arrays_->input_sizes[i] = job.input.size();
    arrays_->outputs[i] = d_outputs_ + output_at;
    arrays_->capacities[i] = job.output.size();
    arrays_->output_sizes[i] = DeviceResult{}.frame_bytes;
    arrays_->statuses[i] = DeviceResult{}.status;
    input_at += aligned(job.input.size());
    output_at += aligned(job.output.size());
    largest = std::max(largest, job.input.size());
  }
  calls.then(
      [&] { return reserve_workspace(jobs.size(), largest, options.level); });
  calls.then([&] {
    return cudaMemcpyAsync(d_inputs_, h_inputs_, input_at,
                           cudaMemcpyHostToDevice, stream_);
  });
  calls.then([&] {
    return compress_batch_async(
        arrays_->inputs, arrays_->input_sizes, largest, jobs.size(),
        d_workspace_, workspace_bytes_, arrays_->outputs, arrays_->capacities,
        arrays_->output_sizes, arrays_->statuses, options, stream_);
  });
  calls.then([&] {
    return cudaMemcpyAsync(h_outputs_, d_outputs_, output_at,
                           cudaMemcpyDeviceToHost, stream_);
  });
  calls.then([&] { return cudaStreamSynchronize(stream_); });
  if (calls.error() != cudaSuccess) {
    return calls.error();
  }
  for (size_t i = 0; i < jobs.size(); ++i) {
    BlockJob& job = *jobs[i];
    const DeviceResult found{arrays_->output_sizes[i], arrays_->statuses[i]};
    job.outcome = found.judge(job.output.size());
    if (job.outcome == Outcome::kCompressed) {
      job.frame_bytes = found.frame_bytes;
      const size_t offset = static_cast<size_t>(
          static_cast<char*>(arrays_->outputs[i]) - d_outputs_);
      std::memcpy(job.output.data(), h_outputs_ + offset, job.frame_bytes);
    }
  }
  return cudaSuccess;
}

class CudaBulkGpu final : public BulkGpu {
 public:
  CudaBulkGpu(int device, int level, const DeviceTraits& traits)
      : device_(device), options_{.level = level, .device = traits} {
    for (BulkLane& lane : lanes_) {
      idle_.push_back(&lane);
    }
  }

  void compress(std::span<BlockJob> jobs) noexcept override;
  std::string failure() const override {
    const cudaError_t error = error_;
    return error == cudaSuccess ? "" : cudaGetErrorString(error);
  }

 private:
  // Runs the blocks on a lane, which may mean to wait for one.
  void run(std::span<BlockJob* const> jobs);

  const int device_;
  const CompressOptions options_;
  std::atomic<cudaError_t> error_{cudaSuccess};  // the first one stays
  BulkLane lanes_[kLanes];
  std::mutex mutex_;  // guards idle_
  std::condition_variable returned_;
  std::vector<BulkLane*> idle_;
};

void CudaBulkGpu::run(std::span<BlockJob* const> jobs) {
  BulkLane* lane = nullptr;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty(); });
    lane = idle_.back();
    idle_.pop_back();
  }
  if (error_ == cudaSuccess) {
    Calls calls;
    calls.then([&] { return cudaSetDevice(device_); });
    calls.then([&] { return lane->compress(jobs, options_); });
    cudaError_t none = cudaSuccess;
    if (calls.error() != cudaSuccess) {
      error_.compare_exchange_strong(none, calls.error());
      cudaGetLastError();
    }
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(lane);
  returned_.notify_one();
}

void CudaBulkGpu::compress(std::span<BlockJob> jobs) noexcept {
  BlockJob* batch[kMaxBlocks];
  size_t count = 0;
  size_t bytes = 0;
  for (BlockJob& job : jobs) {
    job.outcome = Outcome::kEngineFailed;
    if (error_ != cudaSuccess || job.input.size() > kLargestBlock ||
        jobs.size() == 1) {
      continue;
    }
    const size_t room = aligned(std::max(job.input.size(), job.output.size()));
    if (count == kMaxBlocks || bytes + room > kStagingBytes) {
      run(std::span(batch, count));
      count = 0;
      bytes = 0;
    }
    batch[count++] = &job;
    bytes += room;
  }
  if (count > 0) {
    run(std::span(batch, count));
  }
}

}  // namespace

std::unique_ptr<BulkGpu> make_bulk_gpu(int level, std::string* why_not) {
  if (level < 1 || level > 22) {
    *why_not =
        "the GPU encoder has levels 1 to 22, not " + std::to_string(level);
    return nullptr;
  }
  int devices = 0;
  int device = 0;
  DeviceTraits traits;
  Calls calls;
  calls.then([&] { return cudaGetDeviceCount(&devices); });
  // Waiting threads leave their core to those that decompress.
  calls.then(
      [&] { return cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync); });
  calls.then([&] { return cudaGetDevice(&device); });
  calls.then([&] { return probe_device(&traits); });
  if (calls.error() != cudaSuccess || devices == 0) {
    *why_not = std::string("no GPU answers (") +
               cudaGetErrorString(calls.error()) + ")";
    cudaGetLastError();
    return nullptr;
  }
  return std::make_unique<CudaBulkGpu>(device, level, traits);
}

}  // namespace gpu_zstd
