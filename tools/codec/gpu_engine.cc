#include "tools/codec/gpu_engine.h"

#include <string>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/stages/encode.h"
#include "tools/codec/cuda_device.h"
#include "tools/codec/device_engine.h"

namespace gpu_zstd::tools {
namespace {

class GpuEngine : public DeviceEngine {
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

  double encode(size_t first, size_t count) override {
    encoded_ += count + 1;  // one more to keep the device busy
    return DeviceEngine::encode(first, count);
  }

  // Of the kernel that fills the device, then that for few blocks.
  Figures resources() override {
    const size_t block_bytes = blocks().block_bytes;
    Figures figures;
    for (const bool alone : {false, true}) {
      KernelResources r{};
      check_cuda(encode_resources(block_bytes, options_.level, alone, &r),
                 "asking for the kernel's resources");
      const std::string of = alone ? "alone_" : "";
      figures.insert(
          figures.end(),
          {{of + "threads", r.threads},
           {of + "registers", r.registers},
           {of + "shared_bytes", static_cast<double>(r.shared_bytes)},
           {of + "local_bytes", static_cast<double>(r.local_bytes)},
           {of + "ctas_per_multiprocessor", r.resident_ctas}});
    }
    figures.emplace_back(
        "workspace_bytes_per_cta",
        static_cast<double>(get_workspace_size(block_bytes, options_.level)));
    return figures;
  }

  Figures take_stage_cycles() override {
    std::array<uint64_t, kStages> cycles{};
    const cudaError_t error = gpu_zstd::take_stage_cycles(
        blocks().block_bytes, options_.level, &cycles);
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

 protected:
  BatchNeeds needs(const BlockList& blocks) override {
    return {1, max_frame_bytes(blocks.block_bytes),
            get_batch_workspace_size(blocks.count(), blocks.block_bytes,
                                     options_.level)};
  }

  cudaError_t launch(const DeviceBlocks& b, size_t first, size_t count,
                     size_t place, cudaStream_t stream) override {
    return compress_batch_async(
        b.inputs.get() + first, b.sizes.get() + first, b.block_bytes, count,
        b.workspace.get(), b.needs.workspace_bytes, b.outputs.get() + place,
        b.capacities.get() + place, b.frame_bytes.get() + place,
        reinterpret_cast<Status*>(b.statuses.get() + place), options_, stream);
  }

  bool is_success(uint32_t status) const override {
    return status == static_cast<uint32_t>(Status::kCompressed);
  }

 private:
  static_assert(sizeof(Status) == sizeof(uint32_t));

  std::string device_;
  CompressOptions options_;
  size_t encoded_ = 0;
};

}  // namespace

std::unique_ptr<EncodeEngine> make_gpu_engine(const EngineOptions& options) {
  require_cuda_device();
  return std::make_unique<GpuEngine>(options);
}

}  // namespace gpu_zstd::tools
