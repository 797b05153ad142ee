#include <stdexcept>

#include "tools/codec/gpu_engine.h"

namespace gpu_zstd::tools {

std::unique_ptr<EncodeEngine> make_gpu_engine(const EngineOptions&) {
  throw std::runtime_error(
      "the engine 'gpu' was not built: configure with "
      "-DGPU_ZSTD_CUDA=ON");
}

}  // namespace gpu_zstd::tools
