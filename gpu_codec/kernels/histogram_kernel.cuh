#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/histogram.h"

namespace gpu_zstd {

// One CTA counts one block.
__global__ void __launch_bounds__(kHistogramThreads)
    histogram_kernel(const uint8_t* const* d_blocks, const size_t* d_sizes,
                     uint32_t* d_counts) {
  __shared__ HistogramShared shared;
  CudaBlockExec x;
  const uint32_t block = blockIdx.x;
  byte_histogram(x, shared, d_blocks[block],
                 static_cast<uint32_t>(d_sizes[block]),
                 d_counts + static_cast<size_t>(block) * kByteValues);
}

}  // namespace gpu_zstd
