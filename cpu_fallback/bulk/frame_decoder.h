// One decoding call: whole frames in parallel, frames that are too large or do
// not tell their size as a stream.
#pragma once

#include <vector>

#include "cpu_fallback/bulk/byte_stream.h"
#include "cpu_fallback/bulk/frame_reader.h"
#include "cpu_fallback/bulk/ordered_engine.h"
#include "cpu_fallback/bulk/resources.h"

namespace gpu_zstd {

// What both kinds of decoding share: the way in and out, and how far they are.
struct DecodeRun {
  BufferedReader& reader;
  ByteSink& sink;
  const BulkDecodeOptions& options;
  Resources& resources;
  // The sink has a place for every byte; then frames of any size are whole.
  bool in_place = false;
  uint64_t max_content_bytes = 0;  // of a frame that is decoded whole
  BulkProgress progress;
  BulkStatus status;  // the first error, in order

  bool cancelled() const {
    return options.cancel != nullptr &&
           options.cancel->load(std::memory_order_relaxed);
  }
};

// Decodes frames up to the first large one, which `found_large()` tells.
class FrameDecoder final : public OrderedWork {
 public:
  FrameDecoder(DecodeRun& run, size_t slots);

  bool take(size_t slot) override;
  void process(size_t slot) override;
  bool deliver(size_t slot) override;
  bool found_large() const { return found_large_; }

 private:
  // Some frames in a row: small ones are not worth a task each.
  struct Slot {
    LeasePool<Buffer>::Lease input;
    LeasePool<Buffer>::Lease output;
    std::span<const char> coded;
    std::span<char> raw;
    size_t raw_bytes = 0;
    uint64_t coded_offset = 0;
    uint64_t raw_offset = 0;
    uint64_t end_offset = 0;  // of the input
    bool placed = false;
    BulkStatus status;
  };

  void add_frame(Slot& slot, size_t frame_bytes, uint64_t content_bytes);
  void set_room(Slot& slot);

  DecodeRun& run_;
  std::vector<Slot> slots_;
  uint64_t taken_raw_bytes_;
  BulkStatus pending_;  // of the input behind the frames taken
  bool found_large_ = false;
  bool at_end_ = false;
};

// Decodes the one frame at the reader's position, a bounded piece a slot:
// decoding is serial, and writing overlaps it.
class LargeFrameDecoder final : public OrderedWork {
 public:
  LargeFrameDecoder(DecodeRun& run, size_t slots);

  bool take(size_t slot) override;
  void process(size_t slot) override {}
  bool deliver(size_t slot) override;

 private:
  struct Slot {
    LeasePool<Buffer>::Lease output;
    size_t raw_bytes = 0;
    uint64_t end_offset = 0;
    BulkStatus status;
  };

  void decode_piece(Slot& slot);

  DecodeRun& run_;
  std::vector<Slot> slots_;
  LeasePool<DecodeContext>::Lease context_;
  uint64_t frame_offset_;
  bool started_ = false;
  bool at_end_ = false;
};

}  // namespace gpu_zstd
