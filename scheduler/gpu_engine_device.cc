// The device itself, on its thread: opens it, makes its lanes, and decides what
// an error means for the time after it.
#include <algorithm>
#include <climits>
#include <new>

#include "scheduler/futex.h"
#include "scheduler/gpu_engine.h"

namespace gpu_zstd {
namespace {

constexpr uint64_t kLongestBackOff = 60'000'000'000;  // ns

}  // namespace

// Threads that wait for a lane look at the state again: none will come.
void GpuEngine::end_waits_for_lanes() noexcept {
  lane_freed_.fetch_add(1, std::memory_order_seq_cst);
  futex_wake(lane_freed_, INT_MAX);
}

// A device that was set aside stays so whatever else happens to it, until a
// retry: threads that got wrong frames set it aside at any moment.
void GpuEngine::set_state(DeviceState state) noexcept {
  DeviceState now_is = state_.load();
  while (now_is != DeviceState::kSetAside &&
         !state_.compare_exchange_weak(now_is, state)) {
  }
  if (state != DeviceState::kReady) end_waits_for_lanes();
}

// Counted and said once, whatever the reasons that follow the first.
void GpuEngine::set_aside(const char* why) noexcept {
  if (state_.exchange(DeviceState::kSetAside) == DeviceState::kSetAside) return;
  end_waits_for_lanes();
  counters_.record_event(Event::kDeviceSetAside);
  say("set aside: %s", why);
}

void GpuEngine::back_off() noexcept {
  const uint32_t doublings = std::min(faults_in_a_row_, 16u);
  ++faults_in_a_row_;
  retry_at_ns_ =
      now_ns() + std::min(options_.back_off_ns << doublings, kLongestBackOff);
  set_state(DeviceState::kBackingOff);
}

void GpuEngine::take_fault(const DeviceStatus& status,
                           const char* where) noexcept {
  say("%s: %s (%d)", where, status.message, status.code);
  switch (status.fault) {
    case Fault::kNone:
      return;
    case Fault::kTransient:
      counters_.record_event(Event::kTransientError);
      if (lane_count_.load() == 0 || usable_lanes() > 0) {
        back_off();
      } else {
        set_aside("no lane is left");
      }
      return;
    case Fault::kAbsent:
      set_state(DeviceState::kAbsent);
      return;
    case Fault::kSticky:
      break;
  }
  counters_.record_event(Event::kStickyError);
  sticky_ = true;
  set_aside("its error lasts until the process ends");
  fail_running();
}

void GpuEngine::take_up_retry() noexcept {
  if (!retry_asked_.exchange(false)) return;
  if (sticky_) {
    say("not tried again: its error lasts until the process ends");
    return;
  }
  const DeviceState now_is = state();
  if (now_is == DeviceState::kAbsent || now_is == DeviceState::kSetAside ||
      now_is == DeviceState::kBackingOff) {
    hangs_ = 0;
    wrong_in_a_row_.store(0);
    retry_at_ns_ = 1;
    state_.store(DeviceState::kBackingOff);
  }
}

// Opens the device, or looks again at one that had a passing error.
void GpuEngine::bring_up_when_due() noexcept {
  take_up_retry();
  if (state() == DeviceState::kBackingOff) {
    if (retry_at_ns_ == 0) back_off();  // a waiting thread saw the error first
    if (now_ns() < retry_at_ns_) return;
    counters_.record_event(Event::kRetry);
  } else if (state() != DeviceState::kStarting) {
    return;
  }
  const DeviceStatus status = bring_up();
  if (!status.ok()) {
    take_fault(status, "cannot be used");
    return;
  }
  retry_at_ns_ = 0;
  set_state(DeviceState::kReady);
}

DeviceStatus GpuEngine::bring_up() noexcept {
  DeviceStatus status;
  if (!opened_) {
    status = device_->open();
    opened_ = status.ok();
  } else {
    status = device_->check();
  }
  if (status.ok() && lane_count_.load() == 0) {
    status = make_lanes();
    if (status.ok())
      say("%u lanes of %zu KB pinned and %zu KB device memory",
          lane_count_.load(), LaneMemory::pinned_bytes() >> 10,
          lane_workspace_bytes_ >> 10);
  }
  return status;
}

uint32_t GpuEngine::affordable_lanes() const {
  const uint64_t workspace = std::max<size_t>(lane_workspace_bytes_, 1);
  const uint64_t most = std::min(
      {uint64_t{options_.max_lanes}, uint64_t{EngineOptions::kMaxLanes},
       options_.max_device_memory / workspace,
       options_.max_pinned_memory / LaneMemory::pinned_bytes()});
  return static_cast<uint32_t>(most);
}

// As many lanes as the options and the device's memory allow; one is enough.
DeviceStatus GpuEngine::make_lanes() noexcept {
  lane_workspace_bytes_ = 0;
  for (uint32_t c = 0; c < BatchKey::kSizeClasses; ++c) {
    const size_t block = BatchKey{c}.max_block_bytes();
    for (int level = 1; level <= 22; ++level) {
      lane_workspace_bytes_ = std::max(
          lane_workspace_bytes_,
          LaneMemory::slots(c) * device_->workspace_bytes(block, level));
    }
  }
  const uint32_t wanted = affordable_lanes();
  DeviceStatus status{Fault::kTransient, 0,
                      "the memory options do not allow a single lane"};
  for (uint32_t i = 0; i < wanted; ++i) {
    status = make_lane();
    if (!status.ok()) break;
  }
  const bool enough = lane_count_.load() > 0 && status.fault != Fault::kSticky;
  if (!enough) return status;
  if (!status.ok()) {
    say("fewer lanes than %u: %s (%d)", wanted, status.message, status.code);
  }
  return {};
}

DeviceStatus GpuEngine::make_lane() noexcept {
  void* pinned = nullptr;
  DeviceStatus status =
      device_->allocate_pinned(LaneMemory::pinned_bytes(), &pinned);
  if (!status.ok()) return status;
  auto* lane = new (std::nothrow) Lane(lane_count_.load(), pinned);
  if (lane == nullptr) {
    status = {Fault::kTransient, 0, "out of memory"};
  }
  if (status.ok()) {
    lane->workspace_bytes = lane_workspace_bytes_;
    status = device_->allocate_device(lane->workspace_bytes, &lane->workspace);
  }
  if (status.ok()) {
    status = device_->make_queue(&lane->queue);
    if (!status.ok()) device_->free_device(lane->workspace);
  }
  if (!status.ok()) {
    delete lane;
    device_->free_pinned(pinned);
    return status;
  }
  const uint32_t index = lane_count_.load();
  lanes_[index].reset(lane);
  lane_count_.store(index + 1, std::memory_order_release);
  idle_.fetch_or(uint64_t{1} << index, std::memory_order_seq_cst);
  return status;
}

uint32_t GpuEngine::usable_lanes() const noexcept {
  uint32_t usable = 0;
  for (uint32_t i = 0; i < lane_count_.load(); ++i) {
    usable += lanes_[i]->aside ? 0 : 1;
  }
  return usable;
}

}  // namespace gpu_zstd
