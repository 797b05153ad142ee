#include "tools/compare/measure.h"

#include <sys/resource.h>

#include <chrono>

namespace gpu_zstd::compare {
namespace {

uint64_t nanoseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<uint64_t>(time.tv_usec) * 1'000;
}

uint64_t process_cpu_ns() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

}  // namespace

void measure(const std::function<void()>& work, Phase* phase) {
  const uint64_t cpu_before = process_cpu_ns();
  const auto wall_before = std::chrono::steady_clock::now();
  work();
  const auto wall = std::chrono::steady_clock::now() - wall_before;
  phase->cpu_ns += process_cpu_ns() - cpu_before;
  phase->wall_ns += static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count());
}

}  // namespace gpu_zstd::compare
