// The seam below the streaming pipeline: a ring of slots, each with memory of
// its own, that encode independently. Implementations: cuda_slots.h, and one
// over the host model in the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gpu_codec/status.h"

namespace gpu_zstd {

// Null, or what went wrong; a device's are in static storage.
using PipelineError = const char*;

// What every slot has room for.
struct SlotShape {
  size_t slots;
  size_t blocks;          // of a slot
  size_t block_bytes;     // the last block of an input may be shorter
  size_t frame_capacity;  // of each block
  int level;
  bool checksum;
};

// Memory of one slot that the host reads and writes.
struct SlotMemory {
  uint8_t* h_input;         // blocks * block_bytes
  const uint8_t* h_frames;  // one every frame_capacity bytes
  const size_t* h_frame_bytes;
  const Status* h_statuses;
};

// Not thread-safe.
class SlotDevice {
 public:
  virtual ~SlotDevice() = default;

  // Allocates the slots; called once, before the rest. The memory stays the
  // device's.
  virtual PipelineError open(const SlotShape& shape,
                             std::vector<SlotMemory>* slots) = 0;

  // Starts encoding `bytes` bytes, at least one, of input as blocks; does not
  // wait. They lie in the slot's h_input or, if the device can read them there,
  // anywhere else. Nothing else is under way in the slot. Both must be left
  // alone until wait() has returned.
  virtual PipelineError submit(size_t slot, const uint8_t* h_source,
                               size_t bytes) = 0;

  // Waits until the slot is done; then its results are readable.
  virtual PipelineError wait(size_t slot) = 0;
};

}  // namespace gpu_zstd
