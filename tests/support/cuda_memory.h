// Device memory for tests that run kernels.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>

namespace gpu_zstd {

inline bool has_cuda_device() {
  int devices = 0;
  const bool found = cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0;
  cudaGetLastError();
  return found;
}

struct CudaFree {
  void operator()(const void* p) const { cudaFree(const_cast<void*>(p)); }
};

// Memory both sides can use; null when there is none.
template <class T>
using ManagedArray = std::unique_ptr<T[], CudaFree>;

template <class T>
ManagedArray<T> managed(size_t count) {
  void* p = nullptr;
  if (cudaMallocManaged(&p, count * sizeof(T)) != cudaSuccess) return nullptr;
  return ManagedArray<T>(static_cast<T*>(p));
}

}  // namespace gpu_zstd
