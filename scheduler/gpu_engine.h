// One GPU at work: many threads in, batches out.
//
//   caller: join an open lane or lease one and open it · copy the block into
//           its slot · sleep until the lane's signal
//   device's thread: close the oldest open lane, launch, look for completion,
//           signal; the only thread that calls the device
//   waker: wakes the threads of small batches where many run
//
// Whatever joined while the device had enough to do goes in one launch; with
// the device idle a block goes at once, alone. Nobody waits for a batch to
// fill.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/counters.h"
#include "scheduler/device.h"
#include "scheduler/doorbell.h"
#include "scheduler/journal.h"
#include "scheduler/lane.h"
#include "scheduler/types.h"

namespace gpu_zstd {

// How a GPU answered one request.
enum class GpuAnswer {
  kCompressed,
  kDoesNotFit,
  kNoRoom,  // no lane became free before the deadline
  kLate,    // the batch missed the deadline
  kFailed,  // the device refused or lost the batch
  kWrong,   // sizes, status or guard make no sense
};

struct GpuResult {
  GpuAnswer answer = GpuAnswer::kFailed;
  size_t frame_bytes = 0;  // 0 unless kCompressed
};

// Thread-safe except start() and stop() against destruction. No lock and no
// allocation in compress().
class GpuEngine {
 public:
  // `counters` and `journal` must outlive this. Nothing is asked of the device
  // before start().
  GpuEngine(std::unique_ptr<Device> device, const EngineOptions& options,
            Counters& counters, Journal& journal);
  // Stops and waits for the device's thread, without a limit: it uses this
  // object. Memory that a batch may still write to is not freed. No thread may
  // be inside compress(). In a forked child it only forgets.
  ~GpuEngine();
  GpuEngine(const GpuEngine&) = delete;
  GpuEngine& operator=(const GpuEngine&) = delete;

  // Begins to open the device, on a thread of its own; returns at once. Later
  // calls do nothing.
  void start() noexcept;
  // Refuses further blocks and waits until the device's thread has let go of
  // the device, but no longer than two deadlines. The engine does not start
  // again.
  void stop() noexcept;

  DeviceState state() const { return state_.load(std::memory_order_acquire); }
  // Blocks that are inside compress().
  uint32_t load() const { return load_.load(std::memory_order_relaxed); }
  // True while as many batches are under way as run at once.
  bool has_queue() const {
    return batches_under_way_.load(std::memory_order_relaxed) >= kMaxRunning;
  }

  // Compresses on the GPU and sleeps meanwhile. Leaves within the deadline,
  // whatever the device does. The request's level is 1 to 22, its input 1 to
  // kMaxGpuBlockBytes long. The caller has seen state() == kReady.
  GpuResult compress(const CompressRequest& request) noexcept;

  // What a check of a returned frame found. Three wrong ones in a row set the
  // device aside.
  void report_frame(bool right) noexcept;

  // Tries a device again that is absent or set aside, unless its error was
  // sticky: such a context is lost until the process ends.
  void retry() noexcept;

  // Name, lanes, memory, and what it has done so far, in a few words.
  std::string describe() const;

 private:
  // Batches that run at once: as many as CUDA gives hardware queues to, unless
  // told otherwise (CUDA_DEVICE_MAX_CONNECTIONS).
  static constexpr uint32_t kMaxRunning = 8;
  static constexpr uint32_t kNoLane = ~0u;
  static constexpr uint32_t kMaxStrikes = 3;

  struct Seat {
    Lane* lane = nullptr;
    uint32_t slot = 0;
  };

  // Callers' side.
  Seat join(const BatchKey& key, uint64_t deadline_ns) noexcept;
  uint32_t room(uint32_t size_class) const noexcept;
  bool join_published(uint32_t published, const BatchKey& key,
                      Seat* seat) noexcept;
  bool join_lane(Lane& lane, const BatchKey& key, Seat* seat) noexcept;
  bool open_lane(const BatchKey& key, uint32_t published, Seat* seat) noexcept;
  uint32_t lease() noexcept;
  void wait_for_lane(uint64_t limit_ns) noexcept;
  Signal wait(Lane& lane, uint64_t deadline_ns) noexcept;
  static void wake_share(Lane& lane) noexcept;
  static void gather(Lane& lane, uint32_t slot, const BatchKey& key,
                     const CompressRequest& request) noexcept;
  GpuResult collect(const Lane& lane, uint32_t slot, const BatchKey& key,
                    const CompressRequest& request) noexcept;
  void drop(Lane& lane) noexcept;
  void notice_late() noexcept;

  // Any thread.
  void set_aside(const char* why) noexcept;
  void end_waits_for_lanes() noexcept;

  // The device's thread.
  void serve() noexcept;
  void bring_up_when_due() noexcept;
  DeviceStatus bring_up() noexcept;
  DeviceStatus make_lanes() noexcept;
  DeviceStatus make_lane() noexcept;
  uint32_t affordable_lanes() const;
  bool take_all_lanes() noexcept;
  void poll_running() noexcept;
  void poll_lane(Lane& lane) noexcept;
  void launch_pending() noexcept;
  Lane* oldest_pending(uint64_t after = 0) noexcept;
  bool close(Lane& lane) noexcept;
  DeviceStatus submit(Lane& lane, const DeviceBatch& batch) noexcept;
  void launch(Lane& lane) noexcept;
  void finish(Lane& lane, Signal signal, bool reusable) noexcept;
  void wake_finished() noexcept;
  bool leave_to_waker(Lane& lane) noexcept;
  std::thread start_waker() noexcept;
  void end_waker(std::thread waker) noexcept;
  void fail_running() noexcept;
  void take_fault(const DeviceStatus& status, const char* where) noexcept;
  void back_off() noexcept;
  void take_up_retry() noexcept;
  void set_state(DeviceState state) noexcept;
  void rest() noexcept;
  void sleep(uint64_t limit_ns, bool wake_for_blocks) noexcept;
  uint64_t earliest_expected_ns() const noexcept;
  void free_memory() noexcept;
  uint32_t usable_lanes() const noexcept;
  __attribute__((format(printf, 2, 3))) void say(const char* format,
                                                 ...) noexcept;

  // The waker's thread, or the device's.
  void serve_wakes() noexcept;
  void wake(Lane& lane) noexcept;

  std::unique_ptr<Device> device_;
  const EngineOptions options_;
  Counters& counters_;
  Journal& journal_;

  std::atomic<DeviceState> state_{DeviceState::kNotStarted};
  std::atomic<bool> stopping_{false};
  std::atomic<uint32_t> load_{0};
  std::atomic<uint64_t> beat_ns_{0};  // when the device's thread last came by
  std::atomic<uint32_t> batches_under_way_{0};
  std::atomic<uint32_t> wrong_in_a_row_{0};
  // Done so far; written by the device's thread alone.
  std::atomic<uint64_t> batches_done_{0};
  std::atomic<uint64_t> blocks_done_{0};
  std::atomic<uint64_t> tickets_{1};
  std::atomic<bool> retry_asked_{false};

  // Lanes appear before a bit of idle_ does and stay.
  std::array<std::unique_ptr<Lane>, EngineOptions::kMaxLanes> lanes_;
  std::atomic<uint32_t> lane_count_{0};
  std::atomic<uint64_t> idle_{0};  // a bit for each lane that may be leased
  // The lane that blocks of a key may join, or kNoLane.
  std::array<std::atomic<uint32_t>, BatchKey::kCount> open_;

  Doorbell doorbell_;    // of the device's thread
  Doorbell waker_bell_;  // of the waker
  // A bit for each lane whose batch ended and whose threads it shall wake.
  std::atomic<uint64_t> to_waker_{0};
  std::atomic<bool> waker_ends_{false};

  // Futex words; see wait_for_lane() and stop().
  std::atomic<uint32_t> lane_freed_{0};
  std::atomic<uint32_t> waiting_for_lane_{0};
  std::atomic<uint32_t> ended_{0};  // the thread has let go of the device

  // Of the device's thread alone.
  std::array<uint64_t, BatchKey::kCount> running_ns_{};
  size_t lane_workspace_bytes_ = 0;
  // Batches that ended and whose threads were not woken yet.
  std::array<Lane*, EngineOptions::kMaxLanes> finished_{};
  uint32_t finished_count_ = 0;
  bool has_waker_ = false;  // else the device's thread wakes all
  uint32_t running_ = 0;
  uint32_t hangs_ = 0;
  uint32_t faults_in_a_row_ = 0;
  uint64_t retry_at_ns_ = 0;
  uint64_t last_work_ns_ = 0;
  bool opened_ = false;
  bool sticky_ = false;

  std::mutex thread_mutex_;  // guards the two below
  std::thread thread_;
  bool thread_is_detached_ = false;
  const uint32_t fork_generation_;
};

// Grows by one in each fork()ed child, so that what belongs to the parent's
// process is known there.
uint32_t fork_generation() noexcept;

}  // namespace gpu_zstd
