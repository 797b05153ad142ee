// Reports what a kernel launch did.
#pragma once

#include <cuda_runtime_api.h>

namespace gpu_zstd {

// The error of the launch just made on this thread, cleared so that the next
// call does not meet it again.
inline cudaError_t launch_result() { return cudaGetLastError(); }

}  // namespace gpu_zstd
