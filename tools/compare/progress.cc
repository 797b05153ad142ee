#include "tools/compare/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "tools/compare/human.h"

namespace gpu_zstd::compare {
namespace {

std::atomic<bool> g_line_shown{false};

size_t terminal_columns() {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 1 ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(Detail detail, double total)
    : detail_(detail),
      terminal_(isatty(STDERR_FILENO) == 1),
      total_(std::max(total, 1e-9)),
      start_(std::chrono::steady_clock::now()) {}

double Progress::seconds_left(double done) const {
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start_;
  constexpr double kTrustworthy = 0.02;  // of the work, before it is measured
  const double scale =
      done < kTrustworthy * total_ ? 1 : elapsed.count() / done;
  return std::max(0.0, (total_ - done) * scale);
}

void Progress::update(double done, const std::string& now) {
  if (detail_ == Detail::kNone || !terminal_) {
    return;
  }
  const double percent = 100 * std::min(1.0, done / total_);
  std::string line = fixed_text(percent, 0) + " %, " +
                     duration_text(seconds_left(done)) + " left: " + now;
  line.resize(std::min(line.size(), terminal_columns() - 1));
  g_line_shown = true;
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
}

void Progress::keep_line(const std::string& text) {
  clear_progress_line();
  std::fprintf(stderr, "%s\n", text.c_str());
}

void Progress::run_finished(const std::string& text) {
  if (detail_ == Detail::kRuns) {
    keep_line(text);
  }
}

void Progress::cell_finished(const std::string& text) {
  if (detail_ == Detail::kRuns || (detail_ == Detail::kCells && !terminal_)) {
    keep_line(text);
  }
}

void clear_progress_line() {
  if (g_line_shown.exchange(false)) {
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
  }
}

}  // namespace gpu_zstd::compare
