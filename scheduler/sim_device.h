// A GPU that is none: runs the encoder's host model and fails on command. Its
// frames are the ones a GPU makes, byte for byte.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "scheduler/device.h"

namespace gpu_zstd {

// Where a fault is placed: one for each call of the seam.
enum class SimCall : uint8_t {
  kOpen,
  kAllocateDevice,
  kAllocatePinned,
  kMakeQueue,
  kSubmit,
  kPoll,
  kCheck,
};
inline constexpr size_t kSimCallCount = 7;

// What goes wrong with a batch that the device takes.
enum class SimDamage : uint8_t {
  kNone,
  kHold,       // not done before release_held()
  kFlipBit,    // in every frame
  kSwap,       // neighbours get each other's results
  kNothing,    // done, but nothing was written
  kStale,      // done with the bytes and sizes of the batch before
  kZeroBytes,  // sizes of 0
  kHugeBytes,  // sizes past the capacity
  kBadStatus,  // statuses that do not exist
  kOverrun,    // a byte behind the capacity is written
};

// From the `first` call on (counted from 0), `count` times.
struct SimFault {
  SimCall call;
  uint64_t first;
  uint64_t count;
  Fault fault;
};
struct SimBatchDamage {
  uint64_t first;
  uint64_t count;
  SimDamage damage;
};

// What the simulated device shall do, and what it saw. Thread-safe; shared by
// the test and the device. Must be filled before the device is started, but for
// release_held() and heal().
class SimScript {
 public:
  static constexpr uint64_t kAlways = ~uint64_t{0};

  std::vector<SimFault> faults;
  std::vector<SimBatchDamage> damages;
  // Frames of raw blocks instead of the host model's: quick, and as long as the
  // input.
  bool stores = false;
  // Each batch is done this long after its submission.
  uint64_t latency_ns = 0;
  // Bytes that may be allocated of either kind before memory runs out.
  uint64_t capacity = ~uint64_t{0};

  // Lets held batches be done, the later ones first; what they write, they
  // write now.
  void release_held();
  // From here on nothing goes wrong.
  void heal();

  uint64_t calls(SimCall call) const;
  uint64_t bytes_allocated() const;

 private:
  friend class SimDevice;
  Fault enter(SimCall call);

  mutable std::mutex mutex_;  // guards all below
  uint64_t calls_[kSimCallCount] = {};
  uint64_t batches_ = 0;
  uint64_t bytes_ = 0;
  uint64_t released_ = 0;
  bool healed_ = false;
};

// The device. `script` may be shared with others.
std::unique_ptr<Device> make_sim_device(std::shared_ptr<SimScript> script,
                                        std::string name = "sim 0");

}  // namespace gpu_zstd
