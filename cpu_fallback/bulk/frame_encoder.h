// One encoding call: cuts a source into frames and writes them to a sink.
#pragma once

#include <memory>
#include <vector>

#include "cpu_fallback/bulk/byte_stream.h"
#include "cpu_fallback/bulk/limits.h"
#include "cpu_fallback/bulk/ordered_engine.h"
#include "cpu_fallback/bulk/resources.h"
#include "cpu_fallback/bulk/seek_table.h"

namespace gpu_zstd {

// How one call is run, decided before it starts.
struct RunPlan {
  BulkStrategy strategy = BulkStrategy::kSingle;
  size_t slots = 1;
  size_t frame_bytes = 0;  // raw, of each frame but the last
};

// The plan for `source`: frames of even size when its length is known.
RunPlan plan_encoding(const ByteSource& source,
                      const BulkEncodeOptions& options,
                      const BulkLimits& limits);

class FrameEncoder final : public OrderedWork {
 public:
  // All arguments are borrowed for the object's life.
  FrameEncoder(ByteSource& source, ByteSink& sink,
               const BulkEncodeOptions& options, const RunPlan& plan,
               Resources& resources);

  bool take(size_t slot) override;
  void process(size_t slot) override;
  bool deliver(size_t slot) override;

  // After the run: writes the index where one is wanted.
  BulkStatus finish();
  const BulkProgress& progress() const { return progress_; }

 private:
  struct Slot {
    LeasePool<Buffer>::Lease input;   // unused for a source in memory
    LeasePool<Buffer>::Lease output;  // unused when placed directly
    uint64_t raw_offset = 0;
    std::span<const char> raw;
    size_t to_read = 0;  // by process(), at raw_offset
    std::span<char> coded;
    bool placed = false;
    BulkStatus status;
  };

  bool cancelled() const;
  bool make_room(Slot& slot);
  void take_raw(Slot& slot);
  void read_raw(Slot& slot);
  std::span<char> room_for(Slot& slot, size_t bytes);
  BulkStatus write_coded(const Slot& slot);

  ByteSource& source_;
  ByteSink& sink_;
  const BulkEncodeOptions& options_;
  const RunPlan& plan_;
  Resources& resources_;
  std::vector<Slot> slots_;
  uint64_t taken_bytes_ = 0;
  bool took_any_ = false;
  bool at_end_ = false;
  BulkProgress progress_;
  std::vector<SeekEntry> entries_;
  BulkStatus status_;  // the first error, in order
};

}  // namespace gpu_zstd
