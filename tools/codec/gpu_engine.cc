#include "tools/codec/gpu_engine.h"

#include <optional>
#include <stdexcept>
#include <string>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/stages/encode.h"
#include "tools/codec/device_array.h"

namespace gpu_zstd::tools {
namespace {

// The arrays of a batch, all on the device.
struct DeviceBlocks {
  DeviceBlocks(const BlockList& blocks, int level)
      : count(blocks.count()),
        block_bytes(blocks.block_bytes),
        capacity(max_frame_bytes(blocks.block_bytes)),
        workspace_bytes(get_batch_workspace_size(count, block_bytes, level)),
        input(blocks.input.data(), blocks.input.size()),
        output(count * capacity),
        workspace(workspace_bytes),
        frame_bytes(count),
        statuses(count),
        inputs(each<const void*>(
            [&](size_t b) { return input.get() + b * block_bytes; })),
        outputs(
            each<void*>([&](size_t b) { return output.get() + b * capacity; })),
        sizes(each<size_t>([&](size_t b) { return blocks.block(b).size(); })),
        capacities(each<size_t>([&](size_t) { return capacity; })) {}

  // A value for each block.
  template <class T, class ValueOf>
  std::vector<T> each(ValueOf value_of) const {
    std::vector<T> values;
    for (size_t b = 0; b < count; ++b) values.push_back(value_of(b));
    return values;
  }

  size_t count;
  size_t block_bytes;
  size_t capacity;
  size_t workspace_bytes;
  DeviceArray<uint8_t> input;
  DeviceArray<uint8_t> output;
  DeviceArray<uint8_t> workspace;
  DeviceArray<size_t> frame_bytes;
  DeviceArray<Status> statuses;
  DeviceArray<const void*> inputs;
  DeviceArray<void*> outputs;
  DeviceArray<size_t> sizes;
  DeviceArray<size_t> capacities;
};

std::string device_name() {
  int device = 0;
  cudaDeviceProp properties{};
  check_cuda(cudaGetDevice(&device), "finding a device");
  check_cuda(cudaGetDeviceProperties(&properties, device),
             "asking for the device's name");
  return properties.name;
}

class GpuEngine : public EncodeEngine {
 public:
  explicit GpuEngine(const EngineOptions& options) : device_(device_name()) {
    options_.level = options.level;
    options_.checksum = options.checksum;
    check_cuda(probe_device(&options_.device), "probing the device");
  }

  std::string measures() const override {
    return "kernel time, data on the device, " + device_ +
           (options_.device.lane_order ? "" : ", without lane order");
  }

  void load(const BlockList& blocks) override {
    blocks_.reset();
    blocks_.emplace(blocks, options_.level);
  }

  double encode(size_t first, size_t count) override {
    const DeviceBlocks& b = *blocks_;
    const auto launch = [&](size_t blocks) {
      return compress_batch_async(b.inputs.get() + first, b.sizes.get() + first,
                                  b.block_bytes, blocks, b.workspace.get(),
                                  b.workspace_bytes, b.outputs.get(),
                                  b.capacities.get(), b.frame_bytes.get(),
                                  b.statuses.get(), options_, nullptr);
    };
    const double seconds = timer_.seconds([&] { return launch(1); },
                                          [&] { return launch(count); });
    encoded_ += count + 1;
    collect(first, count);
    return seconds;
  }

  const FrameSet& frames() override { return frames_; }

  Figures resources() override {
    KernelResources r{};
    check_cuda(encode_resources(blocks_->block_bytes, options_.level, &r),
               "asking for the kernel's resources");
    return {{"threads", r.threads},
            {"registers", r.registers},
            {"shared_bytes", static_cast<double>(r.shared_bytes)},
            {"local_bytes", static_cast<double>(r.local_bytes)},
            {"ctas_per_multiprocessor", r.resident_ctas},
            {"workspace_bytes_per_cta",
             static_cast<double>(
                 get_workspace_size(blocks_->block_bytes, options_.level))}};
  }

  Figures take_stage_cycles() override {
    std::array<uint64_t, kStages> cycles{};
    const cudaError_t error = gpu_zstd::take_stage_cycles(
        blocks_->block_bytes, options_.level, &cycles);
    if (error == cudaErrorNotSupported) return {};
    check_cuda(error, "reading the stages' cycles");
    Figures figures;
    for (uint32_t s = 0; s < kStages; ++s) {
      figures.emplace_back(kStageNames[s], static_cast<double>(cycles[s]) /
                                               static_cast<double>(encoded_));
    }
    encoded_ = 0;
    return figures;
  }

 private:
  void collect(size_t first, size_t count) {
    const DeviceBlocks& b = *blocks_;
    std::vector<Status> statuses;
    b.statuses.read(count, &statuses);
    for (size_t k = 0; k < count; ++k) {
      if (statuses[k] != Status::kCompressed) {
        throw std::runtime_error(
            "block " + std::to_string(first + k) + " ended with status " +
            std::to_string(static_cast<uint32_t>(statuses[k])));
      }
    }
    frames_.stride = b.capacity;
    b.frame_bytes.read(count, &frames_.sizes);
    b.output.read(count * b.capacity, &frames_.memory);
  }

  std::string device_;
  CompressOptions options_;
  StreamTimer timer_;
  std::optional<DeviceBlocks> blocks_;
  FrameSet frames_;
  size_t encoded_ = 0;
};

}  // namespace

void require_cuda_device() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0) return;
  cudaGetLastError();
  throw std::runtime_error("there is no CUDA device for this engine");
}

std::unique_ptr<EncodeEngine> make_gpu_engine(const EngineOptions& options) {
  require_cuda_device();
  return std::make_unique<GpuEngine>(options);
}

}  // namespace gpu_zstd::tools
