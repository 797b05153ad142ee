// Sleeping until a word changes, with a time limit, which std::atomic::wait
// does not have; and the clock the limits are taken from.
#pragma once

#include <atomic>
#include <cstdint>

namespace gpu_zstd {

// Nanoseconds of the monotonic clock.
uint64_t now_ns() noexcept;

// Nanoseconds of CPU that the calling thread has used.
uint64_t thread_cpu_ns() noexcept;

// Sleeps while `word` is `seen`, at most `limit_ns`. May return early for no
// reason: callers look again. Orders nothing by itself.
void futex_wait(const std::atomic<uint32_t>& word, uint32_t seen,
                uint64_t limit_ns) noexcept;

// Wakes up to `count` threads that sleep on `word`.
void futex_wake(const std::atomic<uint32_t>& word, int count) noexcept;

// A moment of a bounded spin.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace gpu_zstd
