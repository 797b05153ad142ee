// What is happening, on stderr: one line that rewrites itself on a terminal,
// a line per finished cell elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace gpu_zstd::compare {

class Progress {
 public:
  enum class Detail { kNone, kCells, kRuns };

  // `total` is the work to be done, in any unit (estimated seconds serve).
  Progress(Detail detail, double total);

  // Done so far, and a word on what comes next.
  void update(double done, const std::string& now);

  // A finished run or cell; kept on the screen where the detail asks for it.
  void run_finished(const std::string& text);
  void cell_finished(const std::string& text);

  // Seconds left, from the time that the work done so far has taken.
  double seconds_left(double done) const;

 private:
  void keep_line(const std::string& text);

  Detail detail_;
  bool terminal_;
  double total_;
  std::chrono::steady_clock::time_point start_;
};

// Empties the rewritten line, if there is one. Thread-safe.
void clear_progress_line();

}  // namespace gpu_zstd::compare
