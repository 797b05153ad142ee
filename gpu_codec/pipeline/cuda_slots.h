#pragma once

#include <memory>

#include "gpu_codec/pipeline/slot_device.h"

namespace gpu_zstd {

// Slots on the current CUDA device, each with a stream. The input is copied to
// the device; the kernel writes the frames, and nothing beside them, straight
// to pinned memory of the host. open() allocates, probes the device and waits.
std::unique_ptr<SlotDevice> make_cuda_slots();

}  // namespace gpu_zstd
