// Waking a batch's threads: by the device's thread, by each other, and where
// many batches run by a thread that does nothing else.
#include <pthread.h>

#include <algorithm>
#include <bit>

#include "scheduler/futex.h"
#include "scheduler/gpu_engine.h"
#include "scheduler/trace.h"

namespace gpu_zstd {
namespace {

// So many threads are woken by one.
constexpr uint32_t kWakeShare = 8;
// The next batch often ends soon after the last: so long the waker stays up.
constexpr uint64_t kWakerSpin = 10'000;  // ns

}  // namespace

// Wakes a share of the batch's threads, if any are left, as each of them will:
// the device's thread would be kept from its next batch by waking them all. The
// first to run takes the next share; one that is woken and then interrupted
// holds up nobody else.
void GpuEngine::wake_share(Lane& lane) noexcept {
  uint32_t left = lane.to_wake.load(std::memory_order_acquire);
  uint32_t share = 0;
  do {
    share = std::min(left, kWakeShare);
    if (share == 0) return;
  } while (!lane.to_wake.compare_exchange_weak(left, left - share,
                                               std::memory_order_acq_rel,
                                               std::memory_order_acquire));
  futex_wake(lane.signal, static_cast<int>(share));
}

// A lane that the device may still write to keeps the device's reference and is
// never given back.
void GpuEngine::wake(Lane& lane) noexcept {
  const TraceRange range(Span::kWake);
  wake_share(lane);
  if (!lane.aside) drop(lane);
}

// Leaves it to the waker where the device's thread is busy: to wake eight
// threads takes as long as a launch. A large batch wakes itself; with so many
// callers the processors are busy too.
bool GpuEngine::leave_to_waker(Lane& lane) noexcept {
  const uint32_t threads = lane.to_wake.load(std::memory_order_relaxed);
  if (!has_waker_ || lane.aside || threads < 2 || threads > kWakeShare ||
      running_ <= kMaxRunning / 2) {
    return false;
  }
  to_waker_.fetch_or(uint64_t{1} << lane.index, std::memory_order_seq_cst);
  waker_bell_.ring();
  return true;
}

// seq_cst in finish() and here: either a thread sees the signal before it
// sleeps, or it is counted here.
void GpuEngine::wake_finished() noexcept {
  for (uint32_t i = 0; i < finished_count_; ++i) {
    Lane& lane = *finished_[i];
    lane.to_wake.store(lane.sleepers.load(std::memory_order_seq_cst),
                       std::memory_order_release);
    if (!leave_to_waker(lane)) wake(lane);
  }
  finished_count_ = 0;
}

// Without a waker the device's thread wakes all.
std::thread GpuEngine::start_waker() noexcept {
  std::thread waker;
  try {
    waker = std::thread([this] { serve_wakes(); });
  } catch (...) {  // no thread to be had
  }
  has_waker_ = waker.joinable();
  return waker;
}

// Called when every lane is home: the waker has nothing left to do.
void GpuEngine::end_waker(std::thread waker) noexcept {
  if (!waker.joinable()) return;
  waker_ends_.store(true, std::memory_order_seq_cst);
  waker_bell_.ring();
  waker.join();
}

void GpuEngine::serve_wakes() noexcept {
  pthread_setname_np(pthread_self(), "gpu_zstd_wake");
  const auto has_work = [this] {
    return to_waker_.load(std::memory_order_seq_cst) != 0 ||
           waker_ends_.load(std::memory_order_seq_cst);
  };
  uint64_t last_ns = now_ns();
  while (!waker_ends_.load(std::memory_order_relaxed)) {
    if (!has_work()) {
      if (now_ns() < last_ns + kWakerSpin) {
        relax();
      } else {
        waker_bell_.sleep(Doorbell::kForever, true, has_work);
      }
      continue;
    }
    uint64_t lanes = to_waker_.exchange(0, std::memory_order_seq_cst);
    for (; lanes != 0; lanes &= lanes - 1) {
      wake(*lanes_[static_cast<size_t>(std::countr_zero(lanes))]);
    }
    last_ns = now_ns();
  }
}

}  // namespace gpu_zstd
