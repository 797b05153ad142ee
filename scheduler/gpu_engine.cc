#include "scheduler/gpu_engine.h"

#include <algorithm>
#include <bit>
#include <cinttypes>
#include <cstring>
#include <thread>

#include "scheduler/futex.h"
#include "scheduler/trace.h"

// The callers' side. The device's thread is in gpu_engine_thread.cc, what it
// does about the device itself in gpu_engine_device.cc, beginning and end of it
// all in gpu_engine_life.cc.
namespace gpu_zstd {
namespace {

// A look at the signal before sleeping costs less than a sleep that ends at
// once; longer spins take CPU that the caller's other threads want.
constexpr int kSpins = 16;

// A batch of so many blocks is full while more than one lane in so many is
// idle and callers are no more than fit the other lanes in such batches. The
// threads of one batch come back together: without a limit 64 callers end up in
// few large batches, and wait for each other's waking.
constexpr uint32_t kEvenBlocks = 8;
constexpr uint32_t kSpareLanes = 4;

}  // namespace

uint32_t GpuEngine::lease() noexcept {
  uint64_t idle = idle_.load(std::memory_order_seq_cst);
  while (idle != 0) {
    if (idle_.compare_exchange_weak(idle, idle & (idle - 1),
                                    std::memory_order_seq_cst)) {
      return static_cast<uint32_t>(std::countr_zero(idle));
    }
  }
  return kNoLane;
}

// How many blocks of a size class may go in one batch as things are.
uint32_t GpuEngine::room(uint32_t size_class) const noexcept {
  const uint32_t slots = LaneMemory::slots(size_class);
  const uint32_t lanes = lane_count_.load(std::memory_order_relaxed);
  const uint32_t spare = lanes / kSpareLanes;
  const auto idle = static_cast<uint32_t>(
      std::popcount(idle_.load(std::memory_order_relaxed)));
  const bool even = idle > spare && load() <= (lanes - spare) * kEvenBlocks;
  return even ? std::min(slots, kEvenBlocks) : slots;
}

// Takes a slot of the lane's batch if that is open, has room and is of the key.
bool GpuEngine::join_lane(Lane& lane, const BatchKey& key,
                          Seat* seat) noexcept {
  uint64_t word = lane.gate.load(std::memory_order_acquire);
  for (;;) {
    const Gate gate = Gate::unpack(word);
    if (gate.key != key.value || gate.state != Gate::kOpen ||
        gate.joined >= room(key.size_class())) {
      return false;
    }
    if (lane.gate.compare_exchange_weak(word, word + kGateJoined,
                                        std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
      // The batch is not launched, hence the lane not given back, before this
      // thread says that its slot is filled.
      lane.refs.fetch_add(1, std::memory_order_relaxed);
      *seat = {&lane, gate.joined};
      return true;
    }
  }
}

// Leases a lane and makes it the open one of the key in place of `published`.
// While it is being opened nobody can join, so that it can still go back.
bool GpuEngine::open_lane(const BatchKey& key, uint32_t published,
                          Seat* seat) noexcept {
  const uint32_t index = lease();
  if (index == kNoLane) return false;
  Lane& lane = *lanes_[index];
  lane.gate.store(Gate{Gate::kOpening, key.value, 0, 0}.pack(),
                  std::memory_order_relaxed);
  if (!open_[key.value].compare_exchange_strong(published, index,
                                                std::memory_order_acq_rel)) {
    lane.gate.store(0, std::memory_order_relaxed);
    idle_.fetch_or(uint64_t{1} << index, std::memory_order_seq_cst);
    return false;
  }
  lane.to_wake.store(0, std::memory_order_relaxed);
  lane.signal.store(static_cast<uint32_t>(Signal::kPending),
                    std::memory_order_relaxed);
  lane.refs.store(2, std::memory_order_relaxed);
  lane.opened_ns.store(now_ns(), std::memory_order_relaxed);
  lane.ticket.store(tickets_.fetch_add(1, std::memory_order_relaxed),
                    std::memory_order_relaxed);
  lane.gate.store(Gate{Gate::kOpen, key.value, 1, 0}.pack(),
                  std::memory_order_release);
  *seat = {&lane, 0};
  return true;
}

// Joins the published lane; waits the few steps that another thread needs to
// open it.
bool GpuEngine::join_published(uint32_t published, const BatchKey& key,
                               Seat* seat) noexcept {
  Lane& lane = *lanes_[published];
  for (int i = 0; !join_lane(lane, key, seat); ++i) {
    const Gate gate = Gate::unpack(lane.gate.load(std::memory_order_relaxed));
    if (gate.state != Gate::kOpening || gate.key != key.value) return false;
    if (i < kSpins) {
      relax();
    } else {
      std::this_thread::yield();
    }
  }
  return true;
}

GpuEngine::Seat GpuEngine::join(const BatchKey& key,
                                uint64_t deadline_ns) noexcept {
  Seat seat;
  while (state() == DeviceState::kReady) {
    const uint32_t published = open_[key.value].load(std::memory_order_acquire);
    if (published != kNoLane && join_published(published, key, &seat)) break;
    if (open_lane(key, published, &seat)) break;
    if (idle_.load(std::memory_order_relaxed) != 0) continue;
    const uint64_t now = now_ns();
    if (now >= deadline_ns) break;
    wait_for_lane(deadline_ns - now);
  }
  return seat;
}

// Sleeps until a lane was given back. seq_cst: either this thread sees the idle
// lane, or the one that gives it back sees this thread waiting.
void GpuEngine::wait_for_lane(uint64_t limit_ns) noexcept {
  const uint32_t seen = lane_freed_.load(std::memory_order_seq_cst);
  waiting_for_lane_.fetch_add(1, std::memory_order_seq_cst);
  if (idle_.load(std::memory_order_seq_cst) == 0 &&
      state() == DeviceState::kReady) {
    const TraceRange range(Span::kWaitForLane);
    futex_wait(lane_freed_, seen, limit_ns);
  }
  waiting_for_lane_.fetch_sub(1, std::memory_order_relaxed);
}

void GpuEngine::drop(Lane& lane) noexcept {
  if (lane.refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  lane.gate.store(0, std::memory_order_relaxed);
  idle_.fetch_or(uint64_t{1} << lane.index, std::memory_order_seq_cst);
  if (waiting_for_lane_.load(std::memory_order_seq_cst) > 0) {
    lane_freed_.fetch_add(1, std::memory_order_seq_cst);
    futex_wake(lane_freed_, LaneMemory::kMaxSlots);
  }
}

Signal GpuEngine::wait(Lane& lane, uint64_t deadline_ns) noexcept {
  const TraceRange range(Span::kWait);
  constexpr auto kPending = static_cast<uint32_t>(Signal::kPending);
  const auto look = [&lane] {
    return lane.signal.load(std::memory_order_seq_cst);
  };
  for (int i = 0; i < kSpins && look() == kPending; ++i) relax();
  uint32_t seen = look();
  if (seen == kPending) {
    lane.sleepers.fetch_add(1, std::memory_order_seq_cst);
    for (;;) {
      seen = look();
      const uint64_t now = now_ns();
      if (seen != kPending || now >= deadline_ns) break;
      futex_wait(lane.signal, kPending, deadline_ns - now);
    }
    lane.sleepers.fetch_sub(1, std::memory_order_relaxed);
    if (seen != kPending) wake_share(lane);
  }
  return static_cast<Signal>(seen);
}

void GpuEngine::gather(Lane& lane, uint32_t slot, const BatchKey& key,
                       const CompressRequest& request) noexcept {
  const TraceRange range(Span::kGather);
  lane.memory.fill(slot, key, request);
}

// Judges what the device wrote for one block and copies its frame out.
GpuResult GpuEngine::collect(const Lane& lane, uint32_t slot,
                             const BatchKey& key,
                             const CompressRequest& request) noexcept {
  const TraceRange range(Span::kScatter);
  const LaneMemory& memory = lane.memory;
  const DeviceResult found = memory.result(slot);
  const size_t room = std::min(memory.capacity(slot), request.output.size());
  const bool intact = memory.guard_intact(slot, key);
  const Outcome outcome = found.judge(room);
  if (!intact || outcome == Outcome::kEngineFailed) {
    say("wrong frame: level %d, checksum %d, %zu bytes in %zu of at most %zu, "
        "status %" PRIu32 ", memory behind it %s",
        request.level, request.frame_checksum ? 1 : 0, request.input.size(),
        found.frame_bytes, room, static_cast<uint32_t>(found.status),
        intact ? "untouched" : "written to");
    return {GpuAnswer::kWrong};
  }
  if (outcome == Outcome::kDoesNotFit) return {GpuAnswer::kDoesNotFit};
  std::memcpy(request.output.data(), memory.output(slot, key),
              found.frame_bytes);
  return {GpuAnswer::kCompressed, found.frame_bytes};
}

// A thread has waited in vain. If the device's thread is stuck inside the
// driver, nobody else shall wait; it decides what becomes of the device as soon
// as it comes back.
void GpuEngine::notice_late() noexcept {
  const uint64_t beat = beat_ns_.load(std::memory_order_relaxed);
  if (now_ns() < beat + options_.deadline_ns / 2) return;
  DeviceState ready = DeviceState::kReady;
  if (!state_.compare_exchange_strong(ready, DeviceState::kBackingOff)) return;
  end_waits_for_lanes();
  // It may have come back and gone to sleep since its beat was read.
  doorbell_.ring();
}

GpuResult GpuEngine::compress(const CompressRequest& request) noexcept {
  const uint64_t deadline = now_ns() + options_.deadline_ns;
  const BatchKey key =
      BatchKey::of(request.input.size(), request.level, request.frame_checksum);
  load_.fetch_add(1, std::memory_order_relaxed);
  const Seat seat = join(key, deadline);
  GpuResult result{GpuAnswer::kNoRoom};
  if (seat.lane != nullptr) {
    Lane& lane = *seat.lane;
    gather(lane, seat.slot, key, request);
    lane.gate.fetch_add(kGateReady, std::memory_order_seq_cst);
    doorbell_.ring();
    const Signal signal = wait(lane, deadline);
    if (signal == Signal::kDone) {
      result = collect(lane, seat.slot, key, request);
    } else {
      result = {signal == Signal::kFailed ? GpuAnswer::kFailed
                                          : GpuAnswer::kLate};
    }
    drop(lane);
    if (signal == Signal::kPending) notice_late();
  }
  load_.fetch_sub(1, std::memory_order_relaxed);
  return result;
}

void GpuEngine::report_frame(bool right) noexcept {
  if (right) {
    if (wrong_in_a_row_.load(std::memory_order_relaxed) != 0) {
      wrong_in_a_row_.store(0, std::memory_order_relaxed);
    }
    return;
  }
  if (wrong_in_a_row_.fetch_add(1) + 1 >= kMaxStrikes) {
    set_aside("too many wrong frames in a row");
  }
}

}  // namespace gpu_zstd
