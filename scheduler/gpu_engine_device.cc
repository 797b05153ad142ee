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

void GpuEngine::set_state(DeviceState state) noexcept {
  state_.store(state, std::memory_order_seq_cst);
  if (state != DeviceState::kReady) {
    lane_freed_.fetch_add(1, std::memory_order_seq_cst);
    futex_wake(lane_freed_, INT_MAX);  // no lane will come
  }
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
        return;
      }
      counters_.record_event(Event::kDeviceSetAside);
      set_state(DeviceState::kSetAside);
      return;
    case Fault::kAbsent:
      set_state(DeviceState::kAbsent);
      return;
    case Fault::kSticky:
      break;
  }
  counters_.record_event(Event::kStickyError);
  counters_.record_event(Event::kDeviceSetAside);
  sticky_ = true;
  set_state(DeviceState::kSetAside);
  fail_running();
}

// Opens the device, or looks again at one that had a passing error.
void GpuEngine::bring_up_when_due() noexcept {
  const DeviceState now_is = state();
  if (retry_asked_.exchange(false) && !sticky_ &&
      (now_is == DeviceState::kAbsent || now_is == DeviceState::kSetAside ||
       now_is == DeviceState::kBackingOff)) {
    hangs_ = 0;
    wrong_in_a_row_.store(0);
    retry_at_ns_ = 1;
    set_state(DeviceState::kBackingOff);
  }
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
  return enough ? DeviceStatus{} : status;
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
