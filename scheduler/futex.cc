#include "scheduler/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace gpu_zstd {
namespace {

constexpr uint64_t kSecond = 1000000000;

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t),
              "a futex is a plain word");

uint64_t read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * kSecond +
         static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

uint64_t now_ns() noexcept { return read_clock(CLOCK_MONOTONIC); }

uint64_t thread_cpu_ns() noexcept {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void futex_wait(const std::atomic<uint32_t>& word, uint32_t seen,
                uint64_t limit_ns) noexcept {
  const timespec limit{static_cast<time_t>(limit_ns / kSecond),
                       static_cast<long>(limit_ns % kSecond)};
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, &limit, nullptr, 0);
}

void futex_wake(const std::atomic<uint32_t>& word, int count) noexcept {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace gpu_zstd
