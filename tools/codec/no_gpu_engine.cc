#include <stdexcept>

#include "tools/codec/cuda_device.h"
#include "tools/codec/fse_engine.h"
#include "tools/codec/gpu_engine.h"
#include "tools/codec/soak.h"

namespace gpu_zstd::tools {

void require_cuda_device() {
  throw std::runtime_error(
      "this engine was not built: configure with -DGPU_ZSTD_CUDA=ON");
}

std::unique_ptr<EncodeEngine> make_gpu_engine(const EngineOptions&) {
  require_cuda_device();
  return nullptr;
}

std::unique_ptr<EncodeEngine> make_nvcomp_engine(
    std::unique_ptr<NvcompLibrary>) {
  require_cuda_device();
  return nullptr;
}

std::unique_ptr<FseEngine> make_gpu_fse_engine() {
  require_cuda_device();
  return nullptr;
}

std::unique_ptr<SoakEngine> make_gpu_soak_engine(const SoakOptions&,
                                                 const BlockPool&) {
  require_cuda_device();
  return nullptr;
}

std::unique_ptr<EncodeEngine> make_stream_engine(const EngineOptions&, bool) {
  require_cuda_device();
  return nullptr;
}

}  // namespace gpu_zstd::tools
