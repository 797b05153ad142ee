// The thread of one device: launches batches and looks for their completion.
#include <pthread.h>
#include <sys/prctl.h>

#include <algorithm>
#include <climits>
#include <thread>
#include <utility>

#include "scheduler/estimates.h"
#include "scheduler/futex.h"
#include "scheduler/gpu_engine.h"
#include "scheduler/trace.h"

namespace gpu_zstd {
namespace {

constexpr uint64_t kMicro = 1000;
constexpr uint64_t kMilli = 1000 * kMicro;

// How close to the expected end of a batch the thread begins to look without
// pause, and how it looks at one that is overdue.
constexpr uint64_t kLookAhead = 15 * kMicro;
constexpr uint64_t kOverdue = 500 * kMicro;
constexpr uint64_t kOverdueNap = 100 * kMicro;
// The next block often comes soon after the last: so long the thread stays up.
constexpr uint64_t kIdleSpin = 20 * kMicro;
// Looks at an open batch before it is closed over slots not yet filled.
constexpr uint32_t kPatience = 64;

}  // namespace

void GpuEngine::serve() noexcept {
  pthread_setname_np(pthread_self(), "gpu_zstd");
  prctl(PR_SET_TIMERSLACK, kMicro);  // short sleeps shall be short
  std::thread waker = start_waker();
  last_work_ns_ = now_ns();
  for (;;) {
    beat_ns_.store(now_ns(), std::memory_order_relaxed);
    const bool stopping = stopping_.load();
    if (stopping && state() != DeviceState::kSetAside) {
      set_state(DeviceState::kSetAside);
    }
    poll_running();
    launch_pending();
    wake_finished();
    if (stopping && running_ == 0 && take_all_lanes()) break;
    if (!stopping) bring_up_when_due();
    rest();
  }
  end_waker(std::move(waker));
  ended_.store(1);
  futex_wake(ended_, INT_MAX);
}

// Takes the lanes that are not set aside out of use, if nobody has one: no
// block can come any more.
bool GpuEngine::take_all_lanes() noexcept {
  uint64_t home = 0;
  for (uint32_t i = 0; i < lane_count_.load(); ++i) {
    home |= lanes_[i]->aside ? 0 : uint64_t{1} << i;
  }
  return idle_.compare_exchange_strong(home, 0);
}

void GpuEngine::poll_running() noexcept {
  const uint32_t count = lane_count_.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < count && running_ > 0; ++i) {
    if (lanes_[i]->running) poll_lane(*lanes_[i]);
  }
}

void GpuEngine::poll_lane(Lane& lane) noexcept {
  bool done = false;
  const DeviceStatus status = device_->poll(lane.queue, &done);
  if (!status.ok()) {
    counters_.record_event(Event::kBatchFailed);
    finish(lane, Signal::kFailed, /*reusable=*/false);
    take_fault(status, "lost a batch");
    return;
  }
  const uint64_t now = now_ns();
  const uint64_t took = now - lane.submitted_ns;
  if (done) {
    const Gate gate = Gate::unpack(lane.gate.load());
    running_ns_[gate.key] = mix_running_time(
        running_ns_[gate.key], lane.looked_ns - lane.submitted_ns);
    batches_done_.fetch_add(1, std::memory_order_relaxed);
    blocks_done_.fetch_add(gate.joined, std::memory_order_relaxed);
    counters_.record_batch_time(took);
    faults_in_a_row_ = 0;
    finish(lane, Signal::kDone, /*reusable=*/true);
  } else if (took > options_.deadline_ns) {
    counters_.record_event(Event::kBatchHung);
    finish(lane, Signal::kHung, /*reusable=*/false);
    say("a batch hung; its lane is set aside for good");
    if (++hangs_ < kMaxStrikes && usable_lanes() > 0) {
      back_off();
    } else {
      set_aside("too many batches hung");
    }
  } else {
    lane.looked_ns = now;
  }
}

// Says how the batch ended. Its threads are woken after what waits was
// launched: to wake a thread takes longer than a microsecond.
void GpuEngine::finish(Lane& lane, Signal signal, bool reusable) noexcept {
  if (lane.running) {
    lane.running = false;
    --running_;
    batches_under_way_.store(running_, std::memory_order_relaxed);
    end_batch_trace(lane.trace);
  }
  lane.aside = !reusable;
  if (lane.aside) counters_.record_event(Event::kLaneSetAside);
  last_work_ns_ = now_ns();
  lane.signal.store(static_cast<uint32_t>(signal), std::memory_order_seq_cst);
  finished_[finished_count_++] = &lane;
}

void GpuEngine::fail_running() noexcept {
  const uint32_t count = lane_count_.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < count; ++i) {
    if (lanes_[i]->running) {
      counters_.record_event(Event::kBatchFailed);
      finish(*lanes_[i], Signal::kFailed, /*reusable=*/false);
    }
  }
}

// The oldest batch that waits, of those opened behind number `after`.
Lane* GpuEngine::oldest_pending(uint64_t after) noexcept {
  Lane* oldest = nullptr;
  uint64_t oldest_ticket = 0;
  const uint32_t count = lane_count_.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < count; ++i) {
    Lane& lane = *lanes_[i];
    const Gate gate = Gate::unpack(lane.gate.load(std::memory_order_seq_cst));
    const bool waits = gate.state == Gate::kOpen || gate.state == Gate::kClosed;
    const uint64_t ticket = lane.ticket.load(std::memory_order_relaxed);
    if (!waits || ticket == lane.handled || ticket <= after) continue;
    if (oldest == nullptr || ticket < oldest_ticket) {
      oldest = &lane;
      oldest_ticket = ticket;
    }
  }
  return oldest;
}

// Lets nobody in any more once every slot is filled, or once it took long.
// Returns whether the batch is complete.
bool GpuEngine::close(Lane& lane) noexcept {
  uint64_t word = lane.gate.load(std::memory_order_acquire);
  for (;;) {
    Gate gate = Gate::unpack(word);
    if (gate.state != Gate::kOpen && gate.state != Gate::kClosed) return false;
    const bool complete = gate.ready == gate.joined;
    if (!complete &&
        (gate.state == Gate::kClosed || ++lane.looks < kPatience)) {
      return false;
    }
    gate.state = Gate::kClosed;
    if (lane.gate.compare_exchange_weak(word, gate.pack(),
                                        std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
      return complete;
    }
  }
}

void GpuEngine::launch_pending() noexcept {
  uint64_t after = 0;
  for (;;) {
    const bool refuse = stopping_.load() || state() != DeviceState::kReady;
    if (!refuse && running_ == kMaxRunning) return;
    Lane* lane = oldest_pending(after);
    if (lane == nullptr) return;
    after = lane->ticket.load(std::memory_order_relaxed);
    // A thread that was interrupted while it filled its slot holds up its own
    // batch only.
    if (!close(*lane)) continue;
    lane->looks = 0;
    lane->handled = after;
    if (refuse) {
      counters_.record_event(Event::kBatchFailed);
      finish(*lane, Signal::kFailed, /*reusable=*/true);
    } else {
      launch(*lane);
    }
  }
}

DeviceStatus GpuEngine::submit(Lane& lane, const DeviceBatch& batch) noexcept {
  const TraceRange range(Span::kLaunch);
  return device_->submit(lane.queue, batch);
}

void GpuEngine::launch(Lane& lane) noexcept {
  const Gate gate = Gate::unpack(lane.gate.load(std::memory_order_acquire));
  DeviceBatch batch = lane.memory.batch(BatchKey{gate.key}, gate.joined);
  batch.workspace = lane.workspace;
  batch.workspace_bytes = lane.workspace_bytes;
  const DeviceStatus status = submit(lane, batch);
  if (!status.ok()) {
    counters_.record_event(Event::kBatchFailed);
    finish(lane, Signal::kFailed, status.fault != Fault::kSticky);
    take_fault(status, "refused a batch");
    return;
  }
  lane.trace = begin_batch_trace(gate.joined);
  lane.submitted_ns = now_ns();
  lane.looked_ns = lane.submitted_ns;
  counters_.record_batch(gate.joined,
                         lane.submitted_ns - lane.opened_ns.load());
  lane.expected_ns = lane.submitted_ns + running_ns_[gate.key];
  lane.running = true;
  ++running_;
  batches_under_way_.store(running_, std::memory_order_relaxed);
  last_work_ns_ = lane.submitted_ns;
}

uint64_t GpuEngine::earliest_expected_ns() const noexcept {
  uint64_t earliest = ~uint64_t{0};
  for (uint32_t i = 0; i < lane_count_.load(); ++i) {
    if (lanes_[i]->running) {
      earliest = std::min(earliest, lanes_[i]->expected_ns);
    }
  }
  return earliest;
}

// Between two rounds: looks again at once near the expected end of a batch,
// sleeps well before it, and while there is nothing to do.
void GpuEngine::rest() noexcept {
  const uint64_t now = now_ns();
  if (running_ > 0) {
    const uint64_t earliest = earliest_expected_ns();
    if (earliest > now + 2 * kLookAhead) {
      sleep(earliest - now - kLookAhead, running_ < kMaxRunning);
    } else if (now > earliest + kOverdue) {
      sleep(kOverdueNap, running_ < kMaxRunning);
    } else {
      relax();
    }
    return;
  }
  if (now < last_work_ns_ + kIdleSpin || oldest_pending() != nullptr) {
    relax();
    return;
  }
  if (stopping_.load()) {
    sleep(kOverdueNap, true);  // some thread has not left its lane yet
    return;
  }
  const bool waits = state() == DeviceState::kBackingOff;
  sleep(waits && retry_at_ns_ > now ? retry_at_ns_ - now
        : waits                     ? kMilli
                                    : Doorbell::kForever,
        true);
}

// seq_cst, so with a thread that was late and the state it set as with the
// bell's other ringers.
void GpuEngine::sleep(uint64_t limit_ns, bool wake_for_blocks) noexcept {
  if (stopping_.load()) limit_ns = std::min(limit_ns, kOverdueNap);
  doorbell_.sleep(limit_ns, wake_for_blocks, [this, wake_for_blocks] {
    return (wake_for_blocks && oldest_pending() != nullptr) ||
           retry_asked_.load() ||
           (state_.load() == DeviceState::kBackingOff && retry_at_ns_ == 0);
  });
}

}  // namespace gpu_zstd
