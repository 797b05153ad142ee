// The CUDA device that tools run on: the current one.
#pragma once

#include <string>

namespace gpu_zstd::tools {

// Throws std::runtime_error without one, or when this was built without CUDA.
void require_cuda_device();

// Its name, such as "NVIDIA H200". Throws std::runtime_error when it cannot be
// asked.
std::string device_name();

}  // namespace gpu_zstd::tools
