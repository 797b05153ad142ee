// How a scheduler comes by its devices, and lets go of them.
#include <algorithm>
#include <climits>
#include <cstdlib>
#include <new>
#include <thread>
#include <utility>

#include "scheduler/futex.h"
#include "scheduler/gpu_engine.h"
#include "scheduler/scheduler.h"
#include "scheduler/visible_devices.h"

namespace gpu_zstd {
namespace {

const char* name_of(DeviceState state) {
  switch (state) {
    case DeviceState::kNotStarted:
      return "not asked for yet";
    case DeviceState::kStarting:
      return "starting";
    case DeviceState::kReady:
      return "ready";
    case DeviceState::kBackingOff:
      return "backing off";
    case DeviceState::kAbsent:
      return "absent";
    case DeviceState::kSetAside:
      break;
  }
  return "set aside";
}

std::atomic<Scheduler*> replaced_shared{nullptr};

}  // namespace

Scheduler::Scheduler() = default;

Scheduler::Scheduler(DeviceFactory factory, const SchedulerOptions& options)
    : options_(options), factory_(factory) {}

Scheduler::Scheduler(Devices devices, const SchedulerOptions& options)
    : options_(options), fork_generation_(fork_generation()) {
  make_engines(std::move(devices));
  making_.store(kMade);
}

void Scheduler::replace_shared(Scheduler* scheduler) noexcept {
  replaced_shared.store(scheduler);
}

Scheduler& Scheduler::shared() noexcept {
  if (Scheduler* replaced = replaced_shared.load(std::memory_order_acquire)) {
    return *replaced;
  }
  alignas(Scheduler) static unsigned char storage[sizeof(Scheduler)];
  static auto* const instance = has_gpu_engine()
                                    ? new (storage) Scheduler(&visible_devices)
                                    : new (storage) Scheduler();
  return *instance;
}

std::string Scheduler::engines() const {
  std::string text = std::string("cpu (libzstd ") + zstd_version() + ")";
  const Engines* engines = engines_.load(std::memory_order_acquire);
  if (engines == nullptr) {
    return factory_ == nullptr ? text
                               : text + "; gpu: " + name_of(device_state());
  }
  for (const auto& engine : *engines) {
    text += "; " + engine->describe() + ", " + name_of(engine->state());
  }
  return text;
}

bool Scheduler::configure(const SchedulerOptions& options) {
  const std::lock_guard lock(start_mutex_);
  const auto same = [&] {
    const EngineOptions& a = options_.engine;
    const EngineOptions& b = options.engine;
    return options_.devices == options.devices && a.max_lanes == b.max_lanes &&
           a.max_device_memory == b.max_device_memory &&
           a.max_pinned_memory == b.max_pinned_memory &&
           a.deadline_ns == b.deadline_ns && a.back_off_ns == b.back_off_ns;
  };
  if (making_.load() != kNotMade) return same();
  options_ = options;
  return true;
}

void Scheduler::make_engines(Devices devices) {
  auto engines = std::make_unique<Engines>();
  for (auto& device : devices) {
    engines->push_back(std::make_unique<GpuEngine>(
        std::move(device), options_.engine, counters_, journal_));
  }
  owned_ = std::move(engines);
  engines_.store(owned_.get(), std::memory_order_seq_cst);
}

// On a thread of its own, which uses this object until it has stored what came
// of it. seq_cst: either this thread sees that the devices shall stop, or
// stop_devices() sees the engines.
void Scheduler::make_engines_of_factory() noexcept {
  uint32_t made = kMade;
  try {
    make_engines(factory_(options_.devices));
    for (const auto& engine : *owned_) engine->start();
    if (stopping_.load()) stop_engines();
  } catch (...) {  // out of memory; the next block asks again
    made = kNotMade;
  }
  making_.store(made);
  futex_wake(making_, INT_MAX);  // asks for the address only
}

void Scheduler::begin_to_make_engines() noexcept {
  const std::lock_guard lock(start_mutex_);
  if (making_.load() != kNotMade || stopping_.load()) return;
  fork_generation_.store(fork_generation());
  making_.store(kBeingMade);
  try {
    std::thread([this] { make_engines_of_factory(); }).detach();
  } catch (...) {  // no thread to be had; the next block asks again
    making_.store(kNotMade);
    return;
  }
  if (this == &shared()) {
    std::atexit([] { shared().stop_devices(); });
  }
}

Scheduler::~Scheduler() { wait_for_engines(~uint64_t{0}); }

void Scheduler::start_devices() noexcept {
  if (making_.load(std::memory_order_acquire) == kNotMade &&
      factory_ != nullptr) {
    begin_to_make_engines();
  }
  if (const Engines* engines = engines_.load(std::memory_order_acquire)) {
    for (const auto& engine : *engines) engine->start();
  }
}

void Scheduler::retry_devices() noexcept {
  if (const Engines* engines = engines_.load(std::memory_order_acquire)) {
    for (const auto& engine : *engines) engine->retry();
  }
}

// Waits for devices that are being made; never in a forked child, where nobody
// makes them.
void Scheduler::wait_for_engines(uint64_t limit_ns) noexcept {
  constexpr uint64_t kNap = 1'000'000'000;
  if (fork_generation_.load() != fork_generation()) return;
  const uint64_t begin = now_ns();
  for (uint64_t waited = 0; making_.load() == kBeingMade && waited < limit_ns;
       waited = now_ns() - begin) {
    futex_wait(making_, kBeingMade, std::min(limit_ns - waited, kNap));
  }
}

void Scheduler::stop_engines() noexcept {
  if (const Engines* engines = engines_.load(std::memory_order_seq_cst)) {
    for (const auto& engine : *engines) engine->stop();
  }
}

// A driver that does not return holds this up for two deadlines at most.
void Scheduler::stop_devices() noexcept {
  stopping_.store(true);
  wait_for_engines(2 * options_.engine.deadline_ns);
  stop_engines();
}

DeviceState Scheduler::device_state() const noexcept {
  const Engines* engines = engines_.load(std::memory_order_acquire);
  if (engines == nullptr) {
    return making_.load(std::memory_order_acquire) == kNotMade
               ? DeviceState::kNotStarted
               : DeviceState::kStarting;
  }
  constexpr DeviceState kBestFirst[] = {
      DeviceState::kReady, DeviceState::kStarting, DeviceState::kNotStarted,
      DeviceState::kBackingOff, DeviceState::kSetAside};
  for (const DeviceState state : kBestFirst) {
    for (const auto& engine : *engines) {
      if (engine->state() == state) return state;
    }
  }
  return DeviceState::kAbsent;
}

size_t Scheduler::devices_in(DeviceState state) const noexcept {
  const Engines* engines = engines_.load(std::memory_order_acquire);
  if (engines == nullptr) return 0;
  return static_cast<size_t>(std::count_if(
      engines->begin(), engines->end(),
      [&](const auto& engine) { return engine->state() == state; }));
}

}  // namespace gpu_zstd
