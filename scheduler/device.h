// The seam below the lanes: what the scheduler asks of a GPU, call by call.
// Implementations: cuda_device.h, and sim_device.h for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gpu_codec/status.h"

namespace gpu_zstd {

// What an error means for the time after it.
enum class Fault : uint8_t {
  kNone,
  kAbsent,     // no driver, no such device
  kTransient,  // out of memory, busy: may work later
  kSticky,     // the device or this process's context is lost
};

struct DeviceStatus {
  Fault fault = Fault::kNone;
  int code = 0;              // the implementation's own number
  const char* message = "";  // static storage
  bool ok() const { return fault == Fault::kNone; }
};

// What stands in a batch's statuses before it is submitted; no device writes
// it.
inline constexpr Status kNoStatus = static_cast<Status>(~0u);

// Blocks that go in one launch. Arrays of `count`, and what they point to, lie
// in pinned memory of the device and stay as they are until the batch is done.
struct DeviceBatch {
  const void* const* inputs;
  const size_t* input_bytes;
  void* const* outputs;
  const size_t* capacities;
  size_t* output_bytes;  // receives the frames' sizes
  Status* statuses;      // receives the outcomes, each behind its frame
  uint32_t count;
  size_t max_block_bytes;  // no input is longer
  int level;               // 1 to 22
  bool checksum;
  void* workspace;  // of allocate_device()
  size_t workspace_bytes;
};

// One GPU. Not thread-safe: every call comes from the one thread that serves
// the device, so that a driver which does not return holds up no caller of
// compress(). A call may take long only where it says so.
class Device {
 public:
  virtual ~Device() = default;

  virtual std::string name() const = 0;

  // Makes the device ready and loads its code. May take seconds. Called again
  // after a failure.
  virtual DeviceStatus open() = 0;

  // Bytes of workspace for one block of up to `max_block_bytes`.
  virtual size_t workspace_bytes(size_t max_block_bytes, int level) = 0;

  // Memory of the device, and memory of the host that both sides reach under
  // one address. May take milliseconds. The caller frees it, but never what a
  // batch may still use.
  virtual DeviceStatus allocate_device(size_t bytes, void** memory) = 0;
  virtual void free_device(void* memory) = 0;
  virtual DeviceStatus allocate_pinned(size_t bytes, void** memory) = 0;
  virtual void free_pinned(void* memory) = 0;

  // A stream, which lives as long as the device.
  virtual DeviceStatus make_queue(uint32_t* queue) = 0;

  // Starts a batch on a queue that has none under way. Does not wait.
  virtual DeviceStatus submit(uint32_t queue, const DeviceBatch& batch) = 0;

  // Looks whether the queue's batch is done; if so its results are readable. An
  // error means that the batch will not be done.
  virtual DeviceStatus poll(uint32_t queue, bool* done) = 0;

  // Whether the device may be used again after a passing error.
  virtual DeviceStatus check() = 0;
};

using Devices = std::vector<std::unique_ptr<Device>>;

}  // namespace gpu_zstd
