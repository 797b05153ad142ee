// What engines of a batched API have in common: blocks and frames in device
// memory, and the time of the kernels alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/codec/device_array.h"
#include "tools/codec/encode_engine.h"

namespace gpu_zstd::tools {

// What an API asks of a batch, all in bytes.
struct BatchNeeds {
  size_t input_alignment = 1;
  size_t frame_capacity = 0;  // and the distance of two frames
  size_t workspace_bytes = 0;
};

// The arrays of a batch, all on the device. Frames, their lengths and statuses
// have one place more than there are blocks.
struct DeviceBlocks {
  DeviceBlocks(const BlockList& blocks, const BatchNeeds& needs);

  size_t count;
  size_t block_bytes;
  BatchNeeds needs;
  DeviceArray<uint8_t> input;
  DeviceArray<uint8_t> output;
  DeviceArray<uint8_t> workspace;
  DeviceArray<size_t> frame_bytes;
  DeviceArray<uint32_t> statuses;
  DeviceArray<const void*> inputs;
  DeviceArray<void*> outputs;
  DeviceArray<size_t> sizes;
  DeviceArray<size_t> capacities;
};

// Subclasses know one API.
class DeviceEngine : public EncodeEngine {
 public:
  void load(const BlockList& blocks) override;
  double encode(size_t first, size_t count) override;
  const FrameSet& frames() override { return frames_; }

 protected:
  virtual BatchNeeds needs(const BlockList& blocks) = 0;

  // Enqueues the blocks first .. first + count - 1. Block first + k takes place
  // place + k of outputs, frame_bytes and statuses.
  virtual cudaError_t launch(const DeviceBlocks& blocks, size_t first,
                             size_t count, size_t place,
                             cudaStream_t stream) = 0;

  // Whether a block that ended with `status` has a frame.
  virtual bool is_success(uint32_t status) const = 0;

  const DeviceBlocks& blocks() const { return *blocks_; }

 private:
  void clear(size_t count);
  void collect(size_t first, size_t count);

  OwnedStream stream_;
  StreamTimer timer_{stream_.get()};
  std::optional<DeviceBlocks> blocks_;
  FrameSet frames_;
};

}  // namespace gpu_zstd::tools
