// Many threads in, frames out. Every request is answered on the calling thread
// or waits on it; RocksDB's CompressBlock wants nothing else.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cpu_fallback/zstd_cpu.h"
#include "scheduler/counters.h"
#include "scheduler/estimates.h"
#include "scheduler/journal.h"
#include "scheduler/router.h"
#include "scheduler/types.h"

namespace gpu_zstd {

// In device.h and gpu_engine.h, which who only compresses need not know.
class Device;
class GpuEngine;
using Devices = std::vector<std::unique_ptr<Device>>;

// What holds for all devices of a scheduler.
struct SchedulerOptions {
  // Ordinals of the devices to use; empty for all that are visible.
  std::vector<int> devices;
  EngineOptions engine;  // of each device
};

// Routes blocks to an engine and counts what became of them. Thread-safe: any
// number of threads may call compress() at once. Neither lock nor allocation
// stands in the way of a block whose caller holds a session.
class Scheduler {
 public:
  // What one thread keeps between its blocks: a leased libzstd context. For one
  // thread at a time. Must not outlive its scheduler. A session may be passed
  // from thread to thread if the caller orders the hand-over.
  class Session {
   public:
    explicit Session(Scheduler& scheduler) noexcept
        : context_(scheduler.contexts_.lease()) {}

   private:
    friend class Scheduler;
    ZstdContextPool::Lease context_;
  };

  // Makes the devices when the first block asks for one. Called once, on a
  // thread of its own: to count GPUs is to load the driver, which takes
  // tenths of a second that no flush shall wait for.
  using DeviceFactory = Devices (*)(const std::vector<int>& ordinals);

  // Without devices: every block goes to the CPU.
  Scheduler();
  explicit Scheduler(DeviceFactory factory,
                     const SchedulerOptions& options = {});
  // With these devices, for tests.
  Scheduler(Devices devices, const SchedulerOptions& options);
  // Waits for devices that are being made, without a limit.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // The scheduler of this process, made at first call and shared by all
  // managers: RocksDB builds a new manager for each options string, engines
  // are one for all. Never destroyed: a RocksDB thread may compress while the
  // process exits. Its devices are let go of at exit.
  static Scheduler& shared() noexcept;
  // Puts another in its place until called with null. For tests, while nobody
  // compresses.
  static void replace_shared(Scheduler* scheduler) noexcept;

  // The levels that compress() takes, 0 excepted: the linked libzstd's.
  static int min_level();
  static int max_level();

  // The engines in a few words for a log line, such as
  // "cpu (libzstd 1.5.7); gpu 0 (NVIDIA H200): 16 lanes, …, ready". Says of
  // each device how many blocks it made.
  std::string engines() const;

  // Compresses one block and returns when its outcome is known. Never throws;
  // never fails because of a device: the CPU is the last engine of every route.
  // `session` may be null; the call then leases a context for itself.
  CompressResult compress(const CompressRequest& request,
                          Session* session) noexcept;

  // Takes effect when the devices are first used; false when they already were
  // with other options, which then stay.
  bool configure(const SchedulerOptions& options);

  // Begins to open the devices unless that was done. Returns at once.
  void start_devices() noexcept;
  // Tries devices again that are absent or set aside, where that can help.
  void retry_devices() noexcept;
  // Lets go of the devices for good; blocks go to the CPU from here on.
  void stop_devices() noexcept;
  // The best state among the devices.
  DeviceState device_state() const noexcept;
  // How many devices are in this state; 0 while they are being made.
  size_t devices_in(DeviceState state) const noexcept;

  // Counts what a caller did without asking an engine.
  Counters& counters() { return counters_; }
  CounterSnapshot snapshot() const { return counters_.snapshot(); }

  // What happened to the devices since the last call, a line each.
  std::vector<std::string> take_messages() { return journal_.take(); }

 private:
  // Made once, then only read.
  using Engines = std::vector<std::unique_ptr<GpuEngine>>;

  struct Attempt {
    bool answered = false;
    CompressResult result;
    RouteReason reason = RouteReason::kServed;  // why not, if not answered
  };

  bool is_to_clock(RouteReason reason, uint64_t known_ns) const noexcept;
  CompressResult compress_on_cpu(const CompressRequest& request,
                                 RouteReason reason,
                                 ZstdContext* context) noexcept;
  Attempt compress_on_gpu(const CompressRequest& request, RouteReason reason,
                          ZstdContext* context) noexcept;
  Route plan(const CompressRequest& request) noexcept;
  bool verify(GpuEngine& engine, const CompressRequest& request,
              size_t frame_bytes, ZstdContext* context) noexcept;
  void report_wrong(const CompressRequest& request, size_t frame_bytes,
                    const FrameCheck& check) noexcept;
  GpuEngine* choose_engine() const noexcept;
  void make_engines(Devices devices);
  void begin_to_make_engines() noexcept;
  void make_engines_of_factory() noexcept;
  void wait_for_engines(uint64_t limit_ns) noexcept;
  void stop_engines() noexcept;

  // Whether the engines are made, and who makes them.
  enum Making : uint32_t { kNotMade, kBeingMade, kMade };

  SchedulerOptions options_;  // guarded by start_mutex_ until kBeingMade
  const DeviceFactory factory_ = nullptr;
  std::atomic<uint32_t> making_{kNotMade};  // a futex word
  std::atomic<bool> stopping_{false};
  std::mutex start_mutex_;

  ZstdContextPool contexts_;
  Counters counters_;
  Journal journal_;
  Estimates estimates_;
  // What every block writes, apart from what every block reads.
  alignas(128) std::atomic<uint32_t> callers_{0};
  alignas(128) std::atomic<uint32_t> planned_{
      0};                              // that a GPU could have taken
  std::atomic<uint32_t> verified_{0};  // frames that could have been verified
  // When the engines were begun to be made.
  alignas(128) std::atomic<uint32_t> fork_generation_{0};
  std::unique_ptr<const Engines> owned_;
  // Published by start_devices(); null before. Last, so that the engines end
  // before what they use.
  std::atomic<const Engines*> engines_{nullptr};
};

}  // namespace gpu_zstd
