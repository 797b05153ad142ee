// What bulk_gpu.cc is in a build without CUDA.
#include "scheduler/bulk_gpu.h"

namespace gpu_zstd {

std::unique_ptr<BulkGpu> make_bulk_gpu(int /*level*/, std::string* why_not) {
  *why_not = "this build has no GPU encoder (GPU_ZSTD_CUDA is off)";
  return nullptr;
}

}  // namespace gpu_zstd
