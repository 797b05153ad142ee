// Beginning and end of an engine, and what it says of itself.
#include <pthread.h>

#include <cstdarg>
#include <cstdio>
#include <utility>

#include "scheduler/futex.h"
#include "scheduler/gpu_engine.h"

namespace gpu_zstd {
namespace {

std::atomic<uint32_t> forks{0};

// Lanes of engines that are gone which a device may still write to. They stay
// within reach, so that no leak checker takes them for forgotten.
std::atomic<Lane*> abandoned_lanes{nullptr};

void abandon(Lane* lane) {
  lane->next = abandoned_lanes.load(std::memory_order_relaxed);
  while (!abandoned_lanes.compare_exchange_weak(lane->next, lane)) {
  }
}

}  // namespace

uint32_t fork_generation() noexcept {
  static const int registered = pthread_atfork(
      nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

GpuEngine::GpuEngine(std::unique_ptr<Device> device,
                     const EngineOptions& options, Counters& counters,
                     Journal& journal)
    : device_(std::move(device)),
      options_(options),
      counters_(counters),
      journal_(journal),
      fork_generation_(gpu_zstd::fork_generation()) {
  for (auto& open : open_) {
    open.store(kNoLane, std::memory_order_relaxed);
  }
}

void GpuEngine::start() noexcept {
  DeviceState expected = DeviceState::kNotStarted;
  if (!state_.compare_exchange_strong(expected, DeviceState::kStarting)) {
    return;
  }
  const std::lock_guard lock(thread_mutex_);
  try {
    thread_ = std::thread([this] { serve(); });
  } catch (...) {  // no thread to be had; the next block asks again
    state_.store(DeviceState::kNotStarted);
  }
}

void GpuEngine::stop() noexcept {
  stopping_.store(true);
  DeviceState never = DeviceState::kNotStarted;
  state_.compare_exchange_strong(never, DeviceState::kSetAside);
  const std::lock_guard lock(thread_mutex_);
  if (!thread_.joinable()) return;
  if (fork_generation_ != gpu_zstd::fork_generation()) {
    thread_.detach();  // it is the parent's
    return;
  }
  doorbell_.ring();
  const uint64_t limit = now_ns() + 2 * options_.deadline_ns;
  for (uint64_t now = now_ns(); ended_.load() == 0 && now < limit;
       now = now_ns()) {
    futex_wait(ended_, 0, limit - now);
  }
  if (ended_.load() != 0) {
    thread_.join();
  } else {
    thread_.detach();  // inside a driver that does not return
    thread_is_detached_ = true;
  }
}

GpuEngine::~GpuEngine() {
  stopping_.store(true);
  const std::lock_guard lock(thread_mutex_);
  if (fork_generation_ != gpu_zstd::fork_generation()) {
    if (thread_.joinable()) thread_.detach();
    static_cast<void>(device_.release());  // the parent's
    return;
  }
  doorbell_.ring();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    constexpr uint64_t kNap = 1'000'000'000;
    const bool detached = thread_is_detached_;
    while (detached && ended_.load() == 0) futex_wait(ended_, 0, kNap);
  }
  free_memory();
}

void GpuEngine::free_memory() noexcept {
  const uint32_t count = lane_count_.load(std::memory_order_acquire);
  for (uint32_t i = 0; i < count; ++i) {
    Lane& lane = *lanes_[i];
    if (lane.aside || sticky_) {
      abandon(lanes_[i].release());
      continue;
    }
    device_->free_device(lane.workspace);
    device_->free_pinned(lane.pinned);
  }
}

void GpuEngine::retry() noexcept {
  retry_asked_.store(true);
  doorbell_.ring();
}

void GpuEngine::say(const char* format, ...) noexcept {
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  try {
    journal_.add(device_->name() + ": " + line);
  } catch (...) {  // out of memory: the counters still tell
  }
}

std::string GpuEngine::describe() const {
  const uint32_t lanes = lane_count_.load(std::memory_order_acquire);
  uint64_t device_bytes = 0;
  for (uint32_t i = 0; i < lanes; ++i) {
    device_bytes += lanes_[i]->workspace_bytes;
  }
  constexpr uint64_t kMega = 1000000;
  return device_->name() + ": " + std::to_string(lanes) + " lanes, " +
         std::to_string(device_bytes / kMega) + " MB of device memory, " +
         std::to_string(lanes * LaneMemory::pinned_bytes() / kMega) +
         " MB pinned, " + std::to_string(blocks_done_.load()) + " blocks in " +
         std::to_string(batches_done_.load()) + " batches";
}

}  // namespace gpu_zstd
