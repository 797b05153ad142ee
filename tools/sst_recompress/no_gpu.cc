// What gpu_engine.cc is in a build without CUDA.
#include "tools/sst_recompress/gpu_engine.h"

namespace gpu_zstd::recompress {

std::unique_ptr<BlockEngine> make_gpu_engine(int /*level*/,
                                             std::string* why_not) {
  *why_not = "this build has no GPU encoder (GPU_ZSTD_CUDA is off)";
  return nullptr;
}

}  // namespace gpu_zstd::recompress
