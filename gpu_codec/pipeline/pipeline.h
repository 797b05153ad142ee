// The streaming pipeline: input of any length in host memory becomes a frame a
// block, through a bounded ring of slots. While one slot is encoded the next is
// filled, and the frames of the one before are taken.
//
//   input -> slot 0: | fill | copy in | encode, copy out | take |
//            slot 1:        | fill    | copy in          | encode, ... | take |
//
// Memory is bounded by the ring, whatever the length of the input. Frames are
// those of compress_batch_async(), byte for byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gpu_codec/pipeline/slot_device.h"

namespace gpu_zstd {

struct PipelineOptions {
  int level = 3;
  bool checksum = false;
  size_t block_bytes = 16384;
  size_t blocks_per_slot = 512;
  size_t slots = 3;
  // The inputs are memory that the device can read (pinned): they are not
  // copied to a slot first.
  bool pinned_input = false;
};

// Receives the frame of block `block`, in order. It is valid during the call.
using FrameSink =
    std::function<void(size_t block, std::span<const uint8_t> frame)>;

// One thread at a time may use it.
class Pipeline {
 public:
  explicit Pipeline(std::unique_ptr<SlotDevice> device);
  ~Pipeline();

  // Allocates the ring; once, before encode(). `frame_capacity` is at least
  // max_frame_bytes(block_bytes). Returns what is wrong, or null.
  PipelineError open(const PipelineOptions& options, size_t frame_capacity);

  // Encodes the input and hands each frame to `sink`; an empty input has no
  // blocks. On an error, which it returns, or an exception of the sink's, which
  // passes through, the frames handed over before are good, nothing is under
  // way any more, and the pipeline cannot go on. The text is valid until the
  // next call.
  PipelineError encode(std::span<const uint8_t> input, const FrameSink& sink);

 private:
  PipelineError start(size_t slot, std::span<const uint8_t> part);
  PipelineError finish(size_t slot, size_t part_bytes, size_t first_block,
                       const FrameSink& sink);
  PipelineError run_ring(std::span<const uint8_t> input, const FrameSink& sink);
  PipelineError fail(size_t block, const char* reason);
  void drain();

  std::unique_ptr<SlotDevice> device_;
  SlotShape shape_{};
  bool pinned_input_ = false;
  bool usable_ = false;
  std::vector<SlotMemory> slots_;
  std::vector<bool> busy_;
  std::string failure_;  // the text of an error that names a block
};

}  // namespace gpu_zstd
