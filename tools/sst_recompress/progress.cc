#include "tools/sst_recompress/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tools/compare/human.h"

namespace gpu_zstd::recompress {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(200);

double quotient(uint64_t a, uint64_t b) {
  return b > 0 ? static_cast<double>(a) / static_cast<double>(b) : 0;
}

}  // namespace

Progress::Progress(bool wanted, uint64_t total_bytes)
    : shown_(wanted && isatty(STDERR_FILENO) != 0),
      total_bytes_(total_bytes),
      start_(std::chrono::steady_clock::now()),
      next_(start_ + kInterval) {}

void Progress::update(const RewriteProgress& progress) {
  if (!shown_) {
    return;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  auto at = in_hand_.find(progress.source);
  if (at == in_hand_.end()) {
    at = in_hand_.emplace(std::string(progress.source), progress).first;
  }
  RewriteProgress& known = at->second;
  if (!progress.verifying) {
    known = progress;
  } else {
    known.verifying = true;
    known.source_bytes_done =
        progress.source_bytes + progress.source_bytes_done;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_) {
    next_ = now + kInterval;
    show(progress);
  }
}

void Progress::show(const RewriteProgress& latest) {
  uint64_t done = done_bytes_;
  uint64_t from = written_from_bytes_;
  uint64_t to = written_bytes_;
  for (const auto& [source, progress] : in_hand_) {
    done += progress.source_bytes_done;
    from += std::min(progress.source_bytes_done, progress.source_bytes);
    to += progress.output_bytes_done;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_)
          .count();
  const double rate = static_cast<double>(done) / seconds;
  const uint64_t rest = total_bytes_ - std::min(done, total_bytes_);
  std::string line =
      compare::fixed_text(100 * quotient(done, total_bytes_), 1) + " %  " +
      compare::megabytes_text(static_cast<uint64_t>(rate)) + "/s  " +
      compare::duration_text(rate > 0 ? static_cast<double>(rest) / rate : 0) +
      " left  ";
  if (to > 0) {
    line += "to " + compare::fixed_text(100 * quotient(to, from), 1) + " %  ";
  }
  line += latest.verifying ? "verifying " : "";
  line += latest.source;
  std::fprintf(stderr, "\r\033[K%s", line.substr(0, 120).c_str());
  std::fflush(stderr);
  line_there_ = true;
}

void Progress::finish_file(const std::string& source, uint64_t source_bytes,
                           uint64_t passes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  done_bytes_ += source_bytes * passes;
  if (const auto at = in_hand_.find(source); at != in_hand_.end()) {
    written_from_bytes_ += source_bytes;
    written_bytes_ += at->second.output_bytes_done;
    in_hand_.erase(at);
  }
}

void Progress::clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (line_there_) {
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    line_there_ = false;
  }
}

}  // namespace gpu_zstd::recompress
