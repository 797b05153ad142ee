// Finds whole frames in a source, whichever way its bytes come.
#pragma once

#include <cstdint>
#include <span>

#include "cpu_fallback/bulk/byte_stream.h"
#include "cpu_fallback/bulk/frame_format.h"
#include "cpu_fallback/bulk/resources.h"

namespace gpu_zstd {

// A window onto a source: look at bytes before taking them. Not thread-safe.
class BufferedReader {
 public:
  // `source` is borrowed.
  explicit BufferedReader(ByteSource& source);

  // The next `bytes` bytes, fewer only at the end or after an error. Valid
  // until the next call.
  std::span<const char> view(size_t bytes);
  void consume(size_t bytes);
  // Bytes consumed so far: the offset of view()'s first byte.
  uint64_t position() const { return position_; }
  const BulkStatus& status() const { return status_; }
  // Spans of view() stay valid for the source's life.
  bool in_memory() const { return memory_.has_value(); }

 private:
  bool fill(size_t bytes);

  ByteSource& source_;
  std::optional<std::span<const char>> memory_;
  Buffer buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;
  uint64_t position_ = 0;
  BulkStatus status_;
};

enum class ScanOutcome {
  kFrame,  // a whole frame, which view(frame_bytes) shows
  kLarge,  // larger than the limit, or its content size is not told
  kEnd,    // no more bytes
  kError,
};

struct Scan {
  ScanOutcome outcome = ScanOutcome::kEnd;
  size_t frame_bytes = 0;
  uint64_t content_bytes = 0;
  BulkStatus status;  // of kError, with the offset in the source
};

// Looks at the frame at the reader's position, past skippable frames, which it
// consumes. `max_content_bytes` bounds what is buffered.
Scan scan_frame(BufferedReader& reader, uint64_t max_content_bytes);

}  // namespace gpu_zstd
