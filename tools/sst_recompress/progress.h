// One line on a terminal that rewrites itself: how far, how fast, how small,
// how long still. Nothing anywhere else.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd::recompress {

// Thread-safe.
class Progress {
 public:
  // `total_bytes` is the sum of all sources' sizes, as often as each is read.
  Progress(bool wanted, uint64_t total_bytes);
  ~Progress() { clear(); }

  // How far one of the files in hand has come.
  void update(const RewriteProgress& progress);
  // That file is finished; `source_bytes`, as often as they were read, count in
  // full from now on.
  void finish_file(const std::string& source, uint64_t source_bytes,
                   uint64_t passes);
  // Removes the line, so that something can be printed.
  void clear();

 private:
  void show(const RewriteProgress& latest);

  const bool shown_;
  const uint64_t total_bytes_;
  const std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;  // guards what follows
  std::chrono::steady_clock::time_point next_;
  uint64_t done_bytes_ = 0;
  std::map<std::string, RewriteProgress, std::less<>> in_hand_;
  // Of data that was written, and what it was before.
  uint64_t written_from_bytes_ = 0;
  uint64_t written_bytes_ = 0;
  bool line_there_ = false;
};

}  // namespace gpu_zstd::recompress
