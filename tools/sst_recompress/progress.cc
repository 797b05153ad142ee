#include "tools/sst_recompress/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tools/compare/human.h"

namespace gpu_zstd::recompress {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(200);

}  // namespace

Progress::Progress(bool wanted, uint64_t total_bytes)
    : shown_(wanted && isatty(STDERR_FILENO) != 0),
      total_bytes_(total_bytes),
      start_(std::chrono::steady_clock::now()),
      next_(start_ + kInterval) {}

void Progress::update(const std::string& file,
                      const RewriteProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) {
    return;
  }
  next_ = now + kInterval;
  const uint64_t done = done_bytes_ + progress.source_bytes_done;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = static_cast<double>(done) / seconds;
  const double share = total_bytes_ > 0 ? static_cast<double>(done) /
                                              static_cast<double>(total_bytes_)
                                        : 0;
  const double left =
      rate > 0
          ? static_cast<double>(total_bytes_ - std::min(done, total_bytes_)) /
                rate
          : 0;
  std::string line = compare::fixed_text(100 * share, 1) + " %  " +
                     compare::megabytes_text(static_cast<uint64_t>(rate)) +
                     "/s  " + compare::duration_text(left) + " left  ";
  if (!progress.verifying && progress.output_bytes_done > 0) {
    line += "to " +
            compare::fixed_text(
                100 * static_cast<double>(progress.output_bytes_done) /
                    static_cast<double>(
                        std::max<uint64_t>(progress.source_bytes_done, 1)),
                1) +
            " %  ";
  }
  line += (progress.verifying ? "verifying " : "") + file;
  std::fprintf(stderr, "\r\033[K%s", line.substr(0, 120).c_str());
  std::fflush(stderr);
  line_there_ = true;
}

void Progress::finish_file(uint64_t source_bytes) {
  done_bytes_ += source_bytes;
}

void Progress::clear() {
  if (line_there_) {
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    line_there_ = false;
  }
}

}  // namespace gpu_zstd::recompress
