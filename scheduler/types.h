// Words that the scheduler, its counters and its callers share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gpu_zstd {

// What made (or was to make) a frame.
enum class Engine : uint8_t { kCpu, kGpu };
inline constexpr size_t kEngineCount = 2;

// What the caller wants from the scheduler. A block that no GPU can take is
// compressed on the calling thread in every mode.
enum class Mode : uint8_t {
  kOffload,     // the GPU where it is not slower, or where it saves CPU time
                // of many callers of which none waits for the block
  kThroughput,  // use both: the CPU as soon as the GPU has a queue
  kGpuOnly,     // for measuring: the GPU for whatever it serves
  kCpuOnly,     // every block on the calling thread
};

// Why a block went to the engine it went to. The last four tell of a block that
// a GPU was asked for in vain; its own thread compressed it then.
enum class RouteReason : uint8_t {
  kNoGpuEngine,     // this build has no GPU engine to offer
  kCpuOnlyMode,     // the caller's mode asked for the CPU
  kServed,          // the GPU was the better choice
  kMeasuring,       // one of the few that measure the engine not chosen
  kSmallBlock,      // below min_block_bytes
  kLargeBlock,      // above what the GPU serves
  kLevelNotServed,  // a level that the GPU does not have
  kBusy,            // the CPU is expected to be done earlier
  kStarting,        // the devices are still being opened
  kNoDevice,        // no driver, or no device
  kUnhealthy,       // every device is set aside or waits to be tried again
  kForked,          // a forked child must not use its parent's GPU
  kNoRoomInQueue,   // every lane stayed taken
  kLate,            // the batch missed its deadline
  kBatchFailed,     // the device refused or lost the batch
  kWrongResult,     // the frame was wrong
};
inline constexpr size_t kRouteReasonCount = 16;

// How a request ended. kDoesNotFit is ordinary: RocksDB offers 7/8 of the input
// by default and stores the block uncompressed.
enum class Outcome : uint8_t {
  kCompressed,    // a whole frame is in the output
  kDoesNotFit,    // no frame fits the output; its bytes are undefined
  kEngineFailed,  // no engine could make a frame (out of memory)
};
inline constexpr size_t kOutcomeCount = 3;

// Condition of one device, or the best of several.
enum class DeviceState : uint8_t {
  kNotStarted,  // nobody has asked for it yet
  kStarting,    // being opened
  kReady,       // takes blocks
  kBackingOff,  // had a passing error, is tried again by itself
  kAbsent,      // no driver or no such device
  kSetAside,    // had an error that does not pass
};

// How much of each device may be used, and for how long.
struct EngineOptions {
  static constexpr uint32_t kMaxLanes = 64;

  uint32_t max_lanes = 16;                         // 1 to kMaxLanes
  uint64_t max_device_memory = uint64_t{1} << 30;  // bytes, for all lanes
  uint64_t max_pinned_memory = uint64_t{64} << 20;
  uint64_t deadline_ns = 250'000'000;
  // Pause after a passing error; doubles with each in a row, up to 60 s.
  uint64_t back_off_ns = 1'000'000'000;
};

// Blocks above this many bytes are not served by a GPU.
inline constexpr size_t kMaxGpuBlockBytes = size_t{128} << 10;

// One block. The buffers belong to the caller, do not overlap, and are used
// only until compress() returns.
struct CompressRequest {
  std::span<const char> input;
  std::span<char> output;       // the frame goes to its front
  int level = 3;                // a libzstd level, not 0
  bool frame_checksum = false;  // append XXH64 (RFC 8878, 3.1.1)
  Mode mode = Mode::kOffload;
  // Which frames of a GPU are decoded and compared before they are returned:
  // 0 none, 1 all, n one in n.
  uint32_t verify_one_in = 1;
  uint32_t min_block_bytes = 1024;  // smaller blocks stay on the CPU
  // Threads that compress blocks of the same work (an SST file), this one
  // included: what one of them waits for does not hold up the others. 1 if the
  // work stands still while its caller waits.
  uint32_t overlap = 1;
};

struct CompressResult {
  Outcome outcome = Outcome::kEngineFailed;
  size_t frame_bytes = 0;  // 0 unless kCompressed
  Engine engine = Engine::kCpu;
};

}  // namespace gpu_zstd
