// What a block is expected to cost on either engine, learned from those before.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace gpu_zstd {

// Moving averages by level and size class. Thread-safe, wait-free; of samples
// that meet, one may be lost. Levels are 1 to 22.
class Estimates {
 public:
  // Nanoseconds for a block of this size; 0 while nothing is known.
  uint64_t gpu_ns(int level, size_t input_bytes) const;
  uint64_t cpu_ns(int level, size_t input_bytes) const;
  uint64_t gpu_cpu_ns(int level, size_t input_bytes) const;

  // From caller to frame; the block came back at `now_ns`, of any steady clock.
  void add_gpu(int level, size_t input_bytes, uint64_t ns,
               uint64_t now_ns) noexcept;
  // CPU time of the calling thread.
  void add_cpu(int level, size_t input_bytes, uint64_t ns) noexcept;
  // The same of a block that a GPU compressed.
  void add_gpu_cpu(int level, size_t input_bytes, uint64_t ns) noexcept;

 private:
  static constexpr size_t kLevels = 32;
  static constexpr size_t kClasses = 8;
  using Average = std::atomic<uint64_t>;
  using Table = std::array<std::array<Average, kClasses>, kLevels>;

  static size_t class_of(size_t input_bytes);

  // A GPU takes about the same time for all blocks of a class; a CPU's time
  // goes with the bytes, and is kept for 1024 of them.
  Table gpu_{};
  Table gpu_raised_at_{};  // the time of the last sample above the average
  Table gpu_cpu_{};
  Table cpu_{};
};

// The time that a batch certainly runs, after one that was last seen running
// `looked_ns` after its start (0 if nobody looked before it was done). Who
// sleeps that long wakes up before the end. The time at which a batch is seen
// done tells of the sleeper too: in the average, a sleep that was once too long
// would make all later ones too long.
uint64_t mix_running_time(uint64_t average_ns, uint64_t looked_ns);

}  // namespace gpu_zstd
