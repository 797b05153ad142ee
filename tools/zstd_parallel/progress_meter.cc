#include "tools/zstd_parallel/progress_meter.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

namespace gpu_zstd {

std::string human_bytes(uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB",
                                                 "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.2f %s",
                value, kUnits[unit]);
  return text.data();
}

ProgressMeter::ProgressMeter(std::string name, bool wanted)
    : name_(std::move(name)), shown_(wanted && isatty(STDERR_FILENO) == 1) {}

ProgressMeter::~ProgressMeter() {
  if (drawn_) {
    std::fputs("\r\033[K", stderr);
  }
}

void ProgressMeter::update(const BulkProgress& progress) {
  constexpr auto kPeriod = std::chrono::milliseconds(150);
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now - last_ < kPeriod) {
    return;
  }
  last_ = now;
  drawn_ = true;
  std::fprintf(stderr, "\r\033[K%s", line(name_, progress).c_str());
}

std::string ProgressMeter::line(const std::string& name,
                                const BulkProgress& progress) {
  std::string text = name + " : " + human_bytes(progress.bytes_in);
  if (progress.total_in > 0) {
    text += " of " + human_bytes(progress.total_in) + " (" +
            std::to_string(100 * progress.bytes_in / progress.total_in) + "%)";
  }
  return text + " => " + human_bytes(progress.bytes_out);
}

}  // namespace gpu_zstd
