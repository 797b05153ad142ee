// The GPUs that this build can use.
#pragma once

#include <vector>

#include "scheduler/device.h"

namespace gpu_zstd {

// True when this build has a GPU engine.
bool has_gpu_engine();

// The devices with these ordinals, or all that are visible. Loads the driver,
// but opens no device. Without a driver or a device there is one that answers
// kAbsent when it is opened.
Devices visible_devices(const std::vector<int>& ordinals);

}  // namespace gpu_zstd
