#include <algorithm>
#include <vector>

#include "gpu_codec/gpu_codec.h"
#include "tools/codec/cuda_device.h"
#include "tools/codec/device_array.h"
#include "tools/codec/soak.h"

namespace gpu_zstd::tools {
namespace {

// The last blocks of the second shape, and the chunks that their workspace is
// for: few CTAs, each of which takes many blocks.
constexpr size_t kNarrowBlocks = 1000;
constexpr size_t kNarrowChunks = 37;

// Pinned host memory that goes with its owner.
template <class T>
class PinnedArray {
 public:
  explicit PinnedArray(size_t count) {
    check_cuda(cudaMallocHost(reinterpret_cast<void**>(&data_),
                              std::max<size_t>(1, count) * sizeof(T)),
               "allocating pinned memory");
  }
  PinnedArray(const PinnedArray&) = delete;
  PinnedArray& operator=(const PinnedArray&) = delete;
  ~PinnedArray() { cudaFreeHost(data_); }

  T* get() const { return data_; }
  T& operator[](size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
};

// An array of which each side has a copy.
template <class T>
struct SharedArray {
  explicit SharedArray(size_t count) : host(count), device(count) {}

  void to_device(size_t count, cudaStream_t stream) {
    check_cuda(cudaMemcpyAsync(device.get(), host.get(), count * sizeof(T),
                               cudaMemcpyHostToDevice, stream),
               "copying to the device");
  }
  void to_host(size_t count, cudaStream_t stream) {
    check_cuda(cudaMemcpyAsync(host.get(), device.get(), count * sizeof(T),
                               cudaMemcpyDeviceToHost, stream),
               "copying from the device");
  }

  PinnedArray<T> host;
  DeviceArray<T> device;
};

// The arguments of a batch whose blocks come in some order, and its frames.
struct ShapeArrays {
  ShapeArrays(size_t batch, size_t stride)
      : inputs(batch),
        input_sizes(batch),
        outputs(batch),
        capacities(batch),
        frame_sizes(batch),
        statuses(batch),
        memory(batch * stride),
        sizes(batch) {
    // All of it is copied back, also between the frames.
    memory.device.fill(0, batch * stride);
  }

  SharedArray<const void*> inputs;
  SharedArray<size_t> input_sizes;
  SharedArray<void*> outputs;
  SharedArray<size_t> capacities;
  SharedArray<size_t> frame_sizes;
  SharedArray<Status> statuses;
  SharedArray<uint8_t> memory;
  std::vector<size_t> sizes;  // in the order of the blocks
};

class GpuSoakEngine : public SoakEngine {
 public:
  GpuSoakEngine(const SoakOptions& options, const BlockPool& pool)
      : longest_block_(options.longest_block),
        stride_(max_frame_bytes(options.longest_block)),
        pool_(pool.bytes()),
        d_pool_(pool_.data(), pool_.size()),
        slots_{{options.batch, stride_}, {options.batch, stride_}} {
    options_.level = options.level;
    options_.checksum = true;
    check_cuda(probe_device(&options_.device), "probing the device");
    if (!options.lane_order) options_.device.lane_order = false;
    for_many_ = options_;
    for_many_.device.multiprocessors = 0;
    workspace_bytes_ =
        get_batch_workspace_size(options.batch, longest_block_, options.level);
    for (Slot& slot : slots_) {
      slot.workspace = std::make_unique<DeviceArray<uint8_t>>(workspace_bytes_);
    }
  }

  void start(std::span<const Block> blocks) override {
    Slot& slot = slots_[next_start_];
    next_start_ = 1 - next_start_;
    slot.count = blocks.size();
    for (int shape = 0; shape < 2; ++shape) {
      ShapeArrays& arrays = slot.shapes[shape];
      describe(blocks, shape, arrays);
      arrays.inputs.to_device(slot.count, slot.stream.get());
      arrays.input_sizes.to_device(slot.count, slot.stream.get());
      arrays.outputs.to_device(slot.count, slot.stream.get());
      arrays.capacities.to_device(slot.count, slot.stream.get());
      if (shape == 0) {
        launch(slot, arrays, 0, slot.count, workspace_bytes_, for_many_);
      } else {
        launch_in_parts(slot, arrays);
      }
      arrays.frame_sizes.to_host(slot.count, slot.stream.get());
      arrays.statuses.to_host(slot.count, slot.stream.get());
      arrays.memory.to_host(slot.count * stride_, slot.stream.get());
    }
  }

  const SoakFrames& finish() override {
    Slot& slot = slots_[next_finish_];
    next_finish_ = 1 - next_finish_;
    check_cuda(cudaStreamSynchronize(slot.stream.get()), "encoding a batch");
    frames_.stride = stride_;
    for (int shape = 0; shape < 2; ++shape) {
      ShapeArrays& arrays = slot.shapes[shape];
      for (size_t i = 0; i < slot.count; ++i) {
        arrays.sizes[place(shape, i, slot.count)] =
            arrays.statuses.host[i] == Status::kCompressed
                ? arrays.frame_sizes.host[i]
                : 0;
      }
      frames_.shapes[shape] = {arrays.memory.host.get(), arrays.sizes.data()};
    }
    return frames_;
  }

 private:
  struct Slot {
    Slot(size_t batch, size_t stride)
        : shapes{{batch, stride}, {batch, stride}} {}

    ShapeArrays shapes[2];
    std::unique_ptr<DeviceArray<uint8_t>> workspace;
    OwnedStream stream;
    size_t count = 0;
  };

  // Which block comes as number i: the second shape has the last one first.
  static size_t place(int shape, size_t i, size_t count) {
    return shape == 0 ? i : count - 1 - i;
  }

  void describe(std::span<const Block> blocks, int shape,
                ShapeArrays& arrays) const {
    for (size_t i = 0; i < blocks.size(); ++i) {
      const size_t k = place(shape, i, blocks.size());
      arrays.inputs.host[i] = d_pool_.get() + (blocks[k].data() - pool_.data());
      arrays.input_sizes.host[i] = blocks[k].size();
      arrays.outputs.host[i] = arrays.memory.device.get() + k * stride_;
      arrays.capacities.host[i] = max_frame_bytes(blocks[k].size());
    }
  }

  // The second shape: three calls, the last with little workspace.
  void launch_in_parts(Slot& slot, ShapeArrays& arrays) {
    const size_t narrow = std::min(kNarrowBlocks, slot.count / 3);
    const size_t third = slot.count / 3;
    launch(slot, arrays, 0, third, workspace_bytes_, options_);
    launch(slot, arrays, third, slot.count - third - narrow, workspace_bytes_,
           options_);
    launch(slot, arrays, slot.count - narrow, narrow,
           std::min(workspace_bytes_,
                    get_batch_workspace_size(kNarrowChunks, longest_block_,
                                             options_.level)),
           options_);
  }

  void launch(Slot& slot, ShapeArrays& arrays, size_t first, size_t count,
              size_t workspace_bytes, const CompressOptions& options) {
    check_cuda(compress_batch_async(arrays.inputs.device.get() + first,
                                    arrays.input_sizes.device.get() + first,
                                    longest_block_, count,
                                    slot.workspace->get(), workspace_bytes,
                                    arrays.outputs.device.get() + first,
                                    arrays.capacities.device.get() + first,
                                    arrays.frame_sizes.device.get() + first,
                                    arrays.statuses.device.get() + first,
                                    options, slot.stream.get()),
               "launching a batch");
  }

  size_t longest_block_;
  size_t stride_;
  std::span<const uint8_t> pool_;
  DeviceArray<uint8_t> d_pool_;
  CompressOptions options_;
  CompressOptions for_many_;  // always the kernel that fills a device
  size_t workspace_bytes_ = 0;
  Slot slots_[2];
  SoakFrames frames_;
  int next_start_ = 0;
  int next_finish_ = 0;
};

}  // namespace

std::unique_ptr<SoakEngine> make_gpu_soak_engine(const SoakOptions& options,
                                                 const BlockPool& pool) {
  require_cuda_device();
  return std::make_unique<GpuSoakEngine>(options, pool);
}

}  // namespace gpu_zstd::tools
