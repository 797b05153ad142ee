#include "tools/codec/cuda_device.h"

#include <stdexcept>

#include "tools/codec/device_array.h"

namespace gpu_zstd::tools {

void require_cuda_device() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0) return;
  cudaGetLastError();
  throw std::runtime_error("there is no CUDA device for this engine");
}

std::string device_name() {
  int device = 0;
  cudaDeviceProp properties{};
  check_cuda(cudaGetDevice(&device), "finding a device");
  check_cuda(cudaGetDeviceProperties(&properties, device),
             "asking for the device's name");
  return properties.name;
}

}  // namespace gpu_zstd::tools
