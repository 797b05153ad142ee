// One line on a terminal that rewrites itself: how far, how fast, how small,
// how long still. Nothing anywhere else.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd::recompress {

// For one thread at a time.
class Progress {
 public:
  // `total_bytes` is the sum of all sources' sizes, as often as each is read.
  Progress(bool wanted, uint64_t total_bytes);
  ~Progress() { clear(); }

  // Called with the progress of the file in hand.
  void update(const std::string& file, const RewriteProgress& progress);
  // The file in hand is finished; it counts in full from now on.
  void finish_file(uint64_t source_bytes);
  // Removes the line, so that something can be printed.
  void clear();

 private:
  const bool shown_;
  const uint64_t total_bytes_;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point next_;
  uint64_t done_bytes_ = 0;
  bool line_there_ = false;
};

}  // namespace gpu_zstd::recompress
