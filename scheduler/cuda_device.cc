// The seam on CUDA. One device's calls all come from one thread; each is
// checked, and its error sorted by what it means for the time after it.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gpu_codec/gpu_codec.h"
#include "scheduler/futex.h"
#include "scheduler/visible_devices.h"

namespace gpu_zstd {
namespace {

constexpr uint64_t kMilli = 1000000;
// A device that has not run the first small kernels by then is left alone.
constexpr uint64_t kWarmUpLimit = 20000 * kMilli;
// How long a refused launch may take to leave its stream empty.
constexpr uint64_t kSettleLimit = 100 * kMilli;
// So many looks at the statuses without asking the driver for errors.
constexpr uint32_t kLooksPerQuery = 256;

Fault fault_of(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return Fault::kNone;
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorInvalidDevice:
    case cudaErrorStubLibrary:
    case cudaErrorDevicesUnavailable:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorCompatNotSupportedOnDevice:
      return Fault::kAbsent;
    case cudaErrorMemoryAllocation:
    case cudaErrorLaunchOutOfResources:
    case cudaErrorSystemNotReady:
    case cudaErrorOperatingSystem:
    case cudaErrorMpsServerNotReady:
    case cudaErrorMpsMaxClientsReached:
    case cudaErrorMpsMaxConnectionsReached:
    case cudaErrorMpsConnectionFailed:
      return Fault::kTransient;
    default:
      return Fault::kSticky;
  }
}

// Clears the runtime's memory of the error: it would come up again in calls
// that have nothing to do with it.
DeviceStatus status_of(cudaError_t error) {
  if (error == cudaSuccess) return {};
  cudaGetLastError();
  return {fault_of(error), static_cast<int>(error), cudaGetErrorString(error)};
}

class CudaDevice final : public Device {
 public:
  explicit CudaDevice(int ordinal) : ordinal_(ordinal) {}

  // Streams stay: a batch that hung may still use them, and the process's end
  // frees them.
  ~CudaDevice() override = default;

  std::string name() const override {
    return "gpu " + std::to_string(ordinal_);
  }

  DeviceStatus open() override;
  size_t workspace_bytes(size_t max_block_bytes, int level) override {
    return get_workspace_size(max_block_bytes, level);
  }
  DeviceStatus allocate_device(size_t bytes, void** memory) override {
    return status_of(cudaMalloc(memory, bytes));
  }
  void free_device(void* memory) override { status_of(cudaFree(memory)); }
  DeviceStatus allocate_pinned(size_t bytes, void** memory) override {
    return status_of(cudaHostAlloc(
        memory, bytes, cudaHostAllocPortable | cudaHostAllocMapped));
  }
  void free_pinned(void* memory) override { status_of(cudaFreeHost(memory)); }
  DeviceStatus make_queue(uint32_t* queue) override;
  DeviceStatus submit(uint32_t queue, const DeviceBatch& batch) override;
  DeviceStatus poll(uint32_t queue, bool* done) override;
  DeviceStatus check() override;

 private:
  struct Queue {
    cudaStream_t stream = nullptr;
    Status* statuses = nullptr;  // of the batch under way
    uint32_t count = 0;
    uint32_t ended = 0;  // of its blocks, those seen with a status
    uint32_t looks = 0;
  };

  cudaError_t warm_up();
  cudaError_t wait(cudaStream_t stream, uint64_t limit_ns);

  const int ordinal_;
  DeviceTraits traits_;
  std::vector<Queue> queues_;
};

DeviceStatus CudaDevice::open() {
  int devices = 0;
  cudaError_t error = cudaGetDeviceCount(&devices);
  if (error == cudaSuccess && ordinal_ >= devices) error = cudaErrorNoDevice;
  if (error == cudaSuccess) error = cudaSetDevice(ordinal_);
  if (error == cudaSuccess) error = probe_device(&traits_);
  if (error == cudaSuccess) error = warm_up();
  return status_of(error);
}

cudaError_t CudaDevice::wait(cudaStream_t stream, uint64_t limit_ns) {
  const uint64_t end = now_ns() + limit_ns;
  cudaError_t error = cudaStreamQuery(stream);
  while (error == cudaErrorNotReady && now_ns() < end) {
    relax();
    error = cudaStreamQuery(stream);
  }
  return error == cudaErrorNotReady ? cudaErrorLaunchTimeout : error;
}

// Runs every kernel once, for few blocks and for many: CUDA loads a kernel's
// code at its first launch, which takes longer than a batch may.
cudaError_t CudaDevice::warm_up() {
  constexpr std::array<int, 5> kLevels = {1, 4, 11, 13, 20};
  constexpr std::array<size_t, 4> kSizes = {4096, 16384, 65536, 131072};
  constexpr size_t kLargest = kSizes.back();
  constexpr size_t kOut = 262144;
  size_t workspace = 0;
  for (const int level : kLevels) {
    workspace = std::max(workspace, get_workspace_size(kLargest, level));
  }
  char* memory = nullptr;
  cudaStream_t stream = nullptr;
  cudaError_t error = cudaMalloc(reinterpret_cast<void**>(&memory),
                                 workspace + kLargest + kOut + 64);
  if (error != cudaSuccess) return error;
  char* in = memory + workspace;
  char* out = in + kLargest;
  auto* bytes = reinterpret_cast<size_t*>(out + kOut);
  auto* status = reinterpret_cast<Status*>(bytes + 1);
  error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  if (error == cudaSuccess) {
    error = cudaMemsetAsync(in, 'a', kLargest, stream);
  }
  for (const int level : kLevels) {
    for (const size_t size : kSizes) {
      for (const uint32_t multiprocessors : {0u, traits_.multiprocessors}) {
        if (error != cudaSuccess) break;
        const DeviceTraits traits{traits_.lane_order, multiprocessors};
        error = compress_async(memory, workspace, in, size, out, kOut, bytes,
                               status, {level, false, traits}, stream);
      }
    }
  }
  if (error == cudaSuccess) error = wait(stream, kWarmUpLimit);
  if (error == cudaErrorLaunchTimeout) return error;  // still writes there
  if (stream != nullptr) cudaStreamDestroy(stream);
  const cudaError_t freed = cudaFree(memory);
  return error == cudaSuccess ? freed : error;
}

DeviceStatus CudaDevice::make_queue(uint32_t* queue) {
  Queue made;
  const cudaError_t error =
      cudaStreamCreateWithFlags(&made.stream, cudaStreamNonBlocking);
  if (error != cudaSuccess) return status_of(error);
  *queue = static_cast<uint32_t>(queues_.size());
  queues_.push_back(made);
  return {};
}

DeviceStatus CudaDevice::submit(uint32_t index, const DeviceBatch& batch) {
  Queue& queue = queues_[index];
  queue.statuses = batch.statuses;
  queue.count = batch.count;
  queue.ended = 0;
  queue.looks = 0;
  const DeviceStatus status = status_of(compress_batch_async(
      batch.inputs, batch.input_bytes, batch.max_block_bytes, batch.count,
      batch.workspace, batch.workspace_bytes, batch.outputs, batch.capacities,
      batch.output_bytes, batch.statuses,
      {batch.level, batch.checksum, traits_}, queue.stream));
  if (status.fault != Fault::kTransient) return status;
  // Part of it may run: nobody may touch its memory before that is over.
  const cudaError_t settled = wait(queue.stream, kSettleLimit);
  return settled == cudaSuccess ? status : status_of(settled);
}

DeviceStatus CudaDevice::poll(uint32_t index, bool* done) {
  Queue& queue = queues_[index];
  const auto has_status = [&queue](uint32_t block) {
    return std::atomic_ref(queue.statuses[block])
               .load(std::memory_order_acquire) != kNoStatus;
  };
  while (queue.ended < queue.count && has_status(queue.ended)) ++queue.ended;
  *done = queue.ended == queue.count;
  if (*done || ++queue.looks % kLooksPerQuery != 0) return {};
  // A kernel that failed writes no status.
  const cudaError_t error = cudaStreamQuery(queue.stream);
  *done = error == cudaSuccess;
  return error == cudaErrorNotReady ? DeviceStatus{} : status_of(error);
}

DeviceStatus CudaDevice::check() {
  cudaError_t error = cudaSetDevice(ordinal_);
  if (error == cudaSuccess) error = cudaGetLastError();
  size_t free_bytes = 0;
  size_t all_bytes = 0;
  if (error == cudaSuccess) error = cudaMemGetInfo(&free_bytes, &all_bytes);
  return status_of(error);
}

}  // namespace

bool has_gpu_engine() { return true; }

Devices visible_devices(const std::vector<int>& ordinals) {
  std::vector<int> wanted = ordinals;
  if (wanted.empty()) {
    int devices = 0;
    status_of(cudaGetDeviceCount(&devices));
    for (int i = 0; i < devices; ++i) wanted.push_back(i);
    if (wanted.empty()) wanted.push_back(0);
  }
  Devices devices;
  for (const int ordinal : wanted) {
    devices.push_back(std::make_unique<CudaDevice>(ordinal));
  }
  return devices;
}

}  // namespace gpu_zstd
