#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/lane_order_probe.cuh"

namespace gpu_zstd {

__global__ void __launch_bounds__(128) probe_kernel(uint32_t* d_differences) {
  __shared__ LaneOrderProbeShared shared;
  CudaBlockExec x;
  probe_lane_order(x, shared, blockIdx.x, d_differences);
}

}  // namespace gpu_zstd
