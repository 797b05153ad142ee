// A lane: a device queue with workspace and pinned staging, and the gate that
// lets threads into its next batch.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "scheduler/device.h"
#include "scheduler/device_result.h"
#include "scheduler/types.h"

namespace gpu_zstd {

// What the blocks of one batch have in common. Blocks of one size class share
// staging slots of the class's size.
struct BatchKey {
  static constexpr uint32_t kSizeClasses = 5;  // 4, 16, 32, 64, 128 KB
  static constexpr uint32_t kCount = 32 * 2 * kSizeClasses;

  static BatchKey of(size_t input_bytes, int level, bool checksum);

  uint32_t size_class() const { return value % kSizeClasses; }
  size_t max_block_bytes() const;
  int level() const { return static_cast<int>(value / kSizeClasses / 2); }
  bool checksum() const { return value / kSizeClasses % 2 != 0; }

  uint32_t value = 0;  // below kCount
};

// Who may join a lane's batch, in one atomic word:
//   state | key | joined: threads that have a slot | ready: slots filled
// A lane is opened by the thread that leased it, joined by any, closed by the
// device's thread, which launches once ready equals joined.
struct Gate {
  enum State : uint32_t { kShut, kOpening, kOpen, kClosed };

  static Gate unpack(uint64_t word) {
    return {static_cast<State>(word >> 48),
            static_cast<uint32_t>(word >> 32) & 0xffff,
            static_cast<uint32_t>(word >> 16) & 0xffff,
            static_cast<uint32_t>(word) & 0xffff};
  }
  uint64_t pack() const {
    return uint64_t{state} << 48 | uint64_t{key} << 32 |
           uint64_t{joined} << 16 | ready;
  }

  State state = kShut;
  uint32_t key = 0;
  uint32_t joined = 0;
  uint32_t ready = 0;
};
inline constexpr uint64_t kGateJoined = uint64_t{1} << 16;
inline constexpr uint64_t kGateReady = 1;

// How a batch ended.
enum class Signal : uint32_t {
  kPending,
  kDone,    // the slots hold what the device wrote
  kFailed,  // the device refused or lost the batch
  kHung,    // past its deadline; the device may still write to the slots
};

// Memory of a lane, in one pinned allocation:
//   arrays of the batch | slot 0: input, output, guard | slot 1 …
// Slots are cut anew for each batch by its size class. A guard is a pattern
// behind an output that tells of a device that wrote past a capacity.
class LaneMemory {
 public:
  static constexpr uint32_t kMaxSlots = 32;
  static constexpr size_t kGuardBytes = 64;

  static size_t pinned_bytes();
  // Blocks of this class that go in one batch.
  static uint32_t slots(uint32_t size_class);

  // `pinned` has pinned_bytes() and is aligned to 64.
  explicit LaneMemory(void* pinned);

  void fill(uint32_t slot, const BatchKey& key, const CompressRequest& request);
  // The batch of the first `count` slots, for Device::submit().
  DeviceBatch batch(const BatchKey& key, uint32_t count);

  const char* output(uint32_t slot, const BatchKey& key) const;
  DeviceResult result(uint32_t slot) const;
  size_t capacity(uint32_t slot) const;
  bool guard_intact(uint32_t slot, const BatchKey& key) const;

 private:
  struct Arrays {
    const void* inputs[kMaxSlots];
    size_t input_bytes[kMaxSlots];
    void* outputs[kMaxSlots];
    size_t capacities[kMaxSlots];
    size_t output_bytes[kMaxSlots];
    Status statuses[kMaxSlots];
  };
  char* slot_at(uint32_t slot, const BatchKey& key) const;

  Arrays* arrays_;
  char* slots_;
};

// Shared by the threads of its batch and the thread of its device. Lives as
// long as the engine that made it; a lane whose batch hung lives for ever.
struct alignas(128) Lane {
  Lane(uint32_t number, void* pinned_memory)
      : index(number), memory(pinned_memory), pinned(pinned_memory) {}

  const uint32_t index;  // among the engine's lanes

  // Acquire on reading a join or a full house, release on filling a slot.
  std::atomic<uint64_t> gate{0};
  // One for the device and one for each thread of the batch. Whoever drops the
  // last (acquire-release) gives the lane back.
  std::atomic<uint32_t> refs{0};
  // A Signal; released by the device's thread, acquired by the waiting ones.
  std::atomic<uint32_t> signal{0};
  std::atomic<uint32_t> sleepers{0};
  // Of those that slept when the batch ended, how many nobody took on yet to
  // wake.
  std::atomic<uint32_t> to_wake{0};
  // Number of the batch in order of opening, from 1, and when it was opened;
  // set before the gate opens.
  std::atomic<uint64_t> ticket{0};
  std::atomic<uint64_t> opened_ns{0};

  LaneMemory memory;
  void* pinned;  // what the memory was cut from

  // Of the device's thread alone.
  void* workspace = nullptr;
  size_t workspace_bytes = 0;
  uint32_t queue = 0;
  bool running = false;
  uint64_t handled = 0;  // the last ticket that was launched or refused
  bool aside = false;    // its batch hung: never used or freed again
  uint32_t looks = 0;    // at an open batch with slots not yet filled
  uint64_t trace = 0;    // of its batch; see begin_batch_trace()
  uint64_t submitted_ns = 0;
  uint64_t looked_ns = 0;    // when its batch was last seen running
  uint64_t expected_ns = 0;  // when its batch should be done
  Lane* next = nullptr;      // among those that were abandoned
};

}  // namespace gpu_zstd
