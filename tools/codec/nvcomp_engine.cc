#include <string>
#include <utility>

#include "tools/codec/cuda_device.h"
#include "tools/codec/device_engine.h"
#include "tools/codec/gpu_engine.h"

namespace gpu_zstd::tools {
namespace {

class NvcompEngine : public DeviceEngine {
 public:
  explicit NvcompEngine(std::unique_ptr<NvcompLibrary> library)
      : device_(device_name()), library_(std::move(library)) {}

  std::string measures() const override {
    return "kernel time, data on the device, " + device_ + ", " +
           library_->version();
  }

  Figures resources() override {
    const double bytes = static_cast<double>(blocks().needs.workspace_bytes);
    return {{"workspace_bytes", bytes},
            {"workspace_bytes_per_block",
             bytes / static_cast<double>(blocks().count)}};
  }

 protected:
  BatchNeeds needs(const BlockList& blocks) override {
    const NvcompAlignments alignments = library_->alignments();
    const size_t capacity = library_->max_frame_bytes(blocks.block_bytes);
    return {alignments.input,
            (capacity + alignments.output - 1) / alignments.output *
                alignments.output,
            library_->temp_bytes(blocks.count(), blocks.block_bytes,
                                 blocks.count() * blocks.block_bytes)};
  }

  cudaError_t launch(const DeviceBlocks& b, size_t first, size_t count,
                     size_t place, cudaStream_t stream) override {
    library_->compress_async(
        b.inputs.get() + first, b.sizes.get() + first, b.block_bytes, count,
        b.workspace.get(), b.needs.workspace_bytes, b.outputs.get() + place,
        b.frame_bytes.get() + place,
        reinterpret_cast<int32_t*>(b.statuses.get() + place), stream);
    return cudaGetLastError();
  }

  bool is_success(uint32_t status) const override {
    return status == NvcompLibrary::kSuccess;
  }

 private:
  std::string device_;
  std::unique_ptr<NvcompLibrary> library_;
};

}  // namespace

std::unique_ptr<EncodeEngine> make_nvcomp_engine(
    std::unique_ptr<NvcompLibrary> library) {
  require_cuda_device();
  return std::make_unique<NvcompEngine>(std::move(library));
}

}  // namespace gpu_zstd::tools
