#include "scheduler/journal.h"

#include <utility>

namespace gpu_zstd {

void Journal::add(std::string line) noexcept {
  const std::lock_guard lock(mutex_);
  if (lines_.size() == kMaxLines) {
    lines_.erase(lines_.begin());
    ++lost_;
  }
  try {
    lines_.push_back(std::move(line));
  } catch (...) {  // out of memory: the counters still tell
    ++lost_;
  }
}

std::vector<std::string> Journal::take() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines = std::exchange(lines_, {});
  if (lost_ > 0) {
    lines.insert(lines.begin(), std::to_string(std::exchange(lost_, 0)) +
                                    " earlier lines were lost");
  }
  return lines;
}

}  // namespace gpu_zstd
