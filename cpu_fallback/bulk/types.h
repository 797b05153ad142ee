// The words of the bulk CPU library: options, progress, errors.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace gpu_zstd {

// How frames are spread over threads. The bytes that come out never depend on
// it, nor on the number of threads.
enum class BulkStrategy {
  kAutomatic,     // choose_strategy() of limits.h
  kSingle,        // the calling thread alone
  kWorkStealing,  // parallel_for over the frames at hand
  kPipeline,      // bounded tokens; memory stays flat whatever the size
};

enum class BulkLayout {
  kManyFrames,  // independent frames one after the other, decoded in parallel
  kOneFrame,    // one frame of many blocks, made in parallel from memory
};

enum class BulkError {
  kNone,
  kCancelled,
  kBadOption,
  kNotZstd,          // the input does not start with a zstd frame
  kTruncated,        // the input ends inside a frame
  kCorrupt,          // a frame does not decode, or its checksum differs
  kTrailingGarbage,  // whole frames, then bytes that start none
  kWindowTooLarge,   // the frame needs more memory than max_window_log allows
  kOutputFull,       // the buffer is too small, the disk or quota is full
  kOutputExists,
  kUnwritable,
  kUnreadable,
  kIsDirectory,
  kNotRegular,     // a device or pipe where the call needs a regular file
  kSourceChanged,  // the source's size or times moved while it was read
  kNoMemory,
  kFailed,  // an exception from a caller's function, or a bug
};

// The word for an error, such as "truncated".
const char* to_string(BulkError error);

// What a call came to. Of several errors the one that lies first in the data
// is reported, so that a bad input fails the same way with any strategy.
struct BulkStatus {
  BulkError error = BulkError::kNone;
  // Where in the input (in the output for kOutputFull and kUnwritable) the
  // error lies, in bytes from its start.
  uint64_t offset = 0;
  std::string message;  // whole sentence without the file's name

  bool ok() const { return error == BulkError::kNone; }
};

// How far a call has come. Bytes delivered in order, so both only grow.
struct BulkProgress {
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t total_in = 0;  // 0: not known (a pipe)
};

// Called after each delivered frame (kOneFrame: at the end), from one thread at
// a time, which need not be the caller's. What it throws ends the call with
// kFailed.
using ProgressCallback = std::function<void(const BulkProgress&)>;

struct BulkEncodeOptions {
  int level = 3;         // 1 to zstd_max_level(), or negative (faster)
  bool checksum = true;  // each frame ends with its XXH64 (RFC 8878, 3.1.1)
  // 0, or 10 to 30: match over a window of 2^window_log bytes and look for long
  // matches. Frames grow to two windows, and so does memory.
  int window_log = 0;
  // Raw bytes of a frame, 64 KiB to 1 GiB; 0: full_frame_bytes() of
  // frame_plan.h. Smaller frames spread over more threads and compress less.
  size_t frame_bytes = 0;
  // Append the index of zstd's seekable format; kManyFrames only. Frames are at
  // most 1 GiB, as that format demands.
  bool seekable = false;
  BulkLayout layout = BulkLayout::kManyFrames;
  BulkStrategy strategy = BulkStrategy::kAutomatic;
  ProgressCallback progress;
  // When it turns true the call ends with kCancelled after the frames in hand.
  // Borrowed for the call.
  const std::atomic<bool>* cancel = nullptr;
};

struct BulkDecodeOptions {
  // Largest window, as a power of two, that a frame may ask for: 10 to 31.
  int max_window_log = 27;
  BulkStrategy strategy = BulkStrategy::kAutomatic;
  ProgressCallback progress;
  const std::atomic<bool>* cancel = nullptr;
};

}  // namespace gpu_zstd
