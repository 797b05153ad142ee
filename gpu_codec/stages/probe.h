// Looks how the current device behaves where CUDA promises nothing.
#pragma once

#include <cuda_runtime_api.h>

namespace gpu_zstd {

// Sets *lane_order to whether lanes of a warp are served in order. Allocates,
// runs a small kernel and waits for it; on an error *lane_order is left as it
// was.
cudaError_t probe_lane_order(bool* lane_order);

}  // namespace gpu_zstd
