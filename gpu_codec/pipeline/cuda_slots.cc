#include "gpu_codec/pipeline/cuda_slots.h"

#include <algorithm>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/stages/launch_check.h"

namespace gpu_zstd {
namespace {

PipelineError error_text(cudaError_t error) {
  return cleared(error) == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

struct FreeDevice {
  void operator()(void* p) const { cudaFree(p); }
};
struct FreePinned {
  void operator()(void* p) const { cudaFreeHost(p); }
};
template <class T>
using DevicePointer = std::unique_ptr<T, FreeDevice>;
template <class T>
using PinnedPointer = std::unique_ptr<T, FreePinned>;

template <class T>
cudaError_t allocate(size_t count, DevicePointer<T>* memory) {
  void* p = nullptr;
  const cudaError_t error = cudaMalloc(&p, count * sizeof(T));
  memory->reset(static_cast<T*>(p));
  return error;
}

// Pinned memory has one address on both sides.
template <class T>
cudaError_t allocate(size_t count, PinnedPointer<T>* memory) {
  void* p = nullptr;
  const cudaError_t error =
      cudaHostAlloc(&p, count * sizeof(T), cudaHostAllocDefault);
  memory->reset(static_cast<T*>(p));
  return error;
}

class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  cudaError_t open() {
    return cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking);
  }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

struct CudaSlot {
  PinnedPointer<uint8_t> h_input;
  PinnedPointer<uint8_t> h_frames;
  PinnedPointer<const void*> h_inputs;
  PinnedPointer<void*> h_outputs;
  PinnedPointer<size_t> h_sizes;
  PinnedPointer<size_t> h_capacities;
  PinnedPointer<size_t> h_frame_bytes;
  PinnedPointer<Status> h_statuses;
  DevicePointer<uint8_t> d_input;
  DevicePointer<uint8_t> d_workspace;
  Stream stream;

  cudaError_t open(const SlotShape& shape, size_t workspace_bytes) {
    const size_t n = shape.blocks;
    for (const cudaError_t error :
         {stream.open(), allocate(n * shape.block_bytes, &h_input),
          allocate(n * shape.frame_capacity, &h_frames), allocate(n, &h_inputs),
          allocate(n, &h_outputs), allocate(n, &h_sizes),
          allocate(n, &h_capacities), allocate(n, &h_frame_bytes),
          allocate(n, &h_statuses), allocate(n * shape.block_bytes, &d_input),
          allocate(workspace_bytes, &d_workspace)}) {
      if (error != cudaSuccess) return error;
    }
    for (size_t b = 0; b < n; ++b) {
      h_inputs.get()[b] = d_input.get() + b * shape.block_bytes;
      h_outputs.get()[b] = h_frames.get() + b * shape.frame_capacity;
      h_capacities.get()[b] = shape.frame_capacity;
    }
    return cudaSuccess;
  }
};

class CudaSlots : public SlotDevice {
 public:
  PipelineError open(const SlotShape& shape,
                     std::vector<SlotMemory>* slots) override {
    shape_ = shape;
    options_.level = shape.level;
    options_.checksum = shape.checksum;
    workspace_bytes_ =
        get_batch_workspace_size(shape.blocks, shape.block_bytes, shape.level);
    cudaError_t error = probe_device(&options_.device);
    for (size_t s = 0; s < shape.slots && error == cudaSuccess; ++s) {
      slots_.push_back(std::make_unique<CudaSlot>());
      error = slots_.back()->open(shape, workspace_bytes_);
    }
    if (error != cudaSuccess) return error_text(error);
    for (const auto& slot : slots_) {
      slots->push_back({slot->h_input.get(), slot->h_frames.get(),
                        slot->h_frame_bytes.get(), slot->h_statuses.get()});
    }
    return nullptr;
  }

  PipelineError submit(size_t slot, const uint8_t* h_source,
                       size_t bytes) override {
    CudaSlot& s = *slots_[slot];
    size_t blocks = 0;
    for (size_t first = 0; first < bytes; first += shape_.block_bytes) {
      s.h_sizes.get()[blocks++] = std::min(shape_.block_bytes, bytes - first);
    }
    const cudaError_t error =
        cudaMemcpyAsync(s.d_input.get(), h_source, bytes,
                        cudaMemcpyHostToDevice, s.stream.get());
    if (error != cudaSuccess) return error_text(error);
    return error_text(compress_batch_async(
        s.h_inputs.get(), s.h_sizes.get(), shape_.block_bytes, blocks,
        s.d_workspace.get(), workspace_bytes_, s.h_outputs.get(),
        s.h_capacities.get(), s.h_frame_bytes.get(), s.h_statuses.get(),
        options_, s.stream.get()));
  }

  PipelineError wait(size_t slot) override {
    return error_text(cudaStreamSynchronize(slots_[slot]->stream.get()));
  }

 private:
  SlotShape shape_{};
  CompressOptions options_;
  size_t workspace_bytes_ = 0;
  std::vector<std::unique_ptr<CudaSlot>> slots_;
};

}  // namespace

std::unique_ptr<SlotDevice> make_cuda_slots() {
  return std::make_unique<CudaSlots>();
}

}  // namespace gpu_zstd
