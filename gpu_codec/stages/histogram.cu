#include "gpu_codec/kernels/histogram_kernel.cuh"
#include "gpu_codec/stages/histogram.h"
#include "gpu_codec/stages/launch_check.h"

namespace gpu_zstd {

cudaError_t launch_histogram(const uint8_t* const* d_blocks,
                             const size_t* d_sizes, uint32_t block_count,
                             uint32_t* d_counts, cudaStream_t stream) {
  if (block_count == 0) return cudaSuccess;
  histogram_kernel<<<block_count, kHistogramThreads, 0, stream>>>(
      d_blocks, d_sizes, d_counts);
  return launch_result();
}

}  // namespace gpu_zstd
