// Calls of CUDA's runtime that answer for themselves alone. The runtime keeps
// the last error of a thread until somebody asks for it: a launch that were
// judged by cudaGetLastError() would report what an earlier call left, and what
// we leave would be taken for a later caller's.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace gpu_zstd {

// `error`, which a call on this thread has just returned, no longer kept.
inline cudaError_t cleared(cudaError_t error) {
  if (error != cudaSuccess) cudaGetLastError();
  return error;
}

// Enqueues a kernel and returns the error of that.
template <class... Parameters>
cudaError_t launch_kernel(void (*kernel)(Parameters...), dim3 ctas,
                          uint32_t threads, size_t shared_bytes,
                          cudaStream_t stream,
                          std::type_identity_t<Parameters>... arguments) {
  void* addresses[] = {&arguments...};
  return cleared(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), ctas,
                                  dim3(threads), addresses, shared_bytes,
                                  stream));
}

}  // namespace gpu_zstd
