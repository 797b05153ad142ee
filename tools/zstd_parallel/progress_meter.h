// One line on a terminal that tells how far a file is.
#pragma once

#include <chrono>
#include <string>

#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

// "12.3 MiB".
std::string human_bytes(uint64_t bytes);

// Writes to standard error, and only where that is a terminal. Thread-safe as
// ProgressCallback is: one call at a time.
class ProgressMeter {
 public:
  ProgressMeter(std::string name, bool wanted);
  ~ProgressMeter();  // clears the line
  void update(const BulkProgress& progress);
  bool shown() const { return shown_; }

  // The line for `progress`, without control characters.
  static std::string line(const std::string& name,
                          const BulkProgress& progress);

 private:
  const std::string name_;
  const bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace gpu_zstd
