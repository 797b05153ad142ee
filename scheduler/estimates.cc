#include "scheduler/estimates.h"

#include <algorithm>
#include <bit>

namespace gpu_zstd {
namespace {

// Follows a change within some ten blocks, down sooner than up, and one block
// that was interrupted does not turn the choice: an outlier counts as at most
// four times the average.
void mix(std::atomic<uint64_t>& average, uint64_t sample) {
  const uint64_t old = average.load(std::memory_order_relaxed);
  uint64_t mixed = sample;
  if (old != 0) {
    mixed = sample < old ? (3 * old + sample) / 4
                         : (7 * old + std::min(sample, 4 * old)) / 8;
  }
  average.store(std::max<uint64_t>(mixed, 1), std::memory_order_relaxed);
}

}  // namespace

// Powers of two from 2 KB to 128 KB and above.
size_t Estimates::class_of(size_t input_bytes) {
  const auto width = static_cast<size_t>(
      std::bit_width((std::max<size_t>(input_bytes, 1) - 1) >> 11));
  return std::min(width, kClasses - 1);
}

uint64_t Estimates::gpu_ns(int level, size_t input_bytes) const {
  return gpu_[static_cast<size_t>(level)][class_of(input_bytes)].load(
      std::memory_order_relaxed);
}

uint64_t Estimates::gpu_cpu_ns(int level, size_t input_bytes) const {
  return gpu_cpu_[static_cast<size_t>(level)][class_of(input_bytes)].load(
      std::memory_order_relaxed);
}

uint64_t Estimates::cpu_ns(int level, size_t input_bytes) const {
  const uint64_t per_kilobyte =
      cpu_[static_cast<size_t>(level)][class_of(input_bytes)].load(
          std::memory_order_relaxed);
  return per_kilobyte == 0
             ? 0
             : std::max<uint64_t>(per_kilobyte * input_bytes / 1024, 1);
}

uint64_t mix_running_time(uint64_t average_ns, uint64_t looked_ns) {
  return (7 * average_ns + looked_ns) / 8;
}

// What holds up a GPU holds up all blocks that wait for it, and they come back
// together: that is one sample, or a pause of some milliseconds would keep
// blocks away from the GPU for thousands of turns.
void Estimates::add_gpu(int level, size_t input_bytes, uint64_t ns,
                        uint64_t now_ns) noexcept {
  const auto row = static_cast<size_t>(level);
  const size_t column = class_of(input_bytes);
  const uint64_t old = gpu_[row][column].load(std::memory_order_relaxed);
  if (old != 0 && ns > old) {
    Average& raised_at = gpu_raised_at_[row][column];
    if (now_ns < raised_at.load(std::memory_order_relaxed) + old) return;
    raised_at.store(now_ns, std::memory_order_relaxed);
  }
  mix(gpu_[row][column], ns);
}

void Estimates::add_cpu(int level, size_t input_bytes, uint64_t ns) noexcept {
  mix(cpu_[static_cast<size_t>(level)][class_of(input_bytes)],
      ns * 1024 / std::max<size_t>(input_bytes, 1));
}

void Estimates::add_gpu_cpu(int level, size_t input_bytes,
                            uint64_t ns) noexcept {
  mix(gpu_cpu_[static_cast<size_t>(level)][class_of(input_bytes)], ns);
}

}  // namespace gpu_zstd
