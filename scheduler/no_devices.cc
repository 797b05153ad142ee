// For builds without CUDA.
#include "scheduler/visible_devices.h"

namespace gpu_zstd {

bool has_gpu_engine() { return false; }

Devices visible_devices(const std::vector<int>&) { return {}; }

}  // namespace gpu_zstd
