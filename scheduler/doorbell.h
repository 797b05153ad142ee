// How one thread sleeps until others have work for it.
#pragma once

#include <atomic>
#include <cstdint>

#include "scheduler/futex.h"

namespace gpu_zstd {

// One thread sleeps; any may ring. seq_cst: either who made work sees the
// thread asleep and rings, or the thread sees the work.
class Doorbell {
 public:
  // For who has nothing to wait for but a ring.
  static constexpr uint64_t kForever = 3'600'000'000'000;  // ns

  // Sleeps at most `limit_ns` if there is no work; until a ring() if that
  // `wakes`. May return early.
  template <class HasWork>
  void sleep(uint64_t limit_ns, bool wakes, HasWork&& has_work) noexcept {
    const uint32_t seen = bell_.load(std::memory_order_seq_cst);
    asleep_.store(wakes, std::memory_order_seq_cst);
    if (!has_work()) futex_wait(bell_, seen, limit_ns);
    asleep_.store(false, std::memory_order_seq_cst);
  }

  // Behind making work. One ringer wakes the thread for all.
  void ring() noexcept {
    if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false)) {
      bell_.fetch_add(1, std::memory_order_seq_cst);
      futex_wake(bell_, 1);
    }
  }

 private:
  std::atomic<uint32_t> bell_{0};
  std::atomic<bool> asleep_{false};
};

}  // namespace gpu_zstd
