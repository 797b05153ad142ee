// Words that the scheduler, its counters and its callers share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gpu_zstd {

// What made (or was to make) a frame.
enum class Engine : uint8_t { kCpu, kGpu };
inline constexpr size_t kEngineCount = 2;

// What the caller wants from the scheduler. A mode that no engine of this build
// can serve does not exist here; see router.h.
enum class Mode : uint8_t {
  kOffload,  // spend the least CPU: the GPU wherever it serves the block
  kCpuOnly,  // every block on the calling thread
};

// Why a block went to the engine it went to.
enum class RouteReason : uint8_t {
  kNoGpuEngine,  // this build has no GPU engine to offer
  kCpuOnlyMode,  // the caller's mode asked for the CPU
};
inline constexpr size_t kRouteReasonCount = 2;

// How a request ended. kDoesNotFit is ordinary: RocksDB offers 7/8 of the input
// by default and stores the block uncompressed.
enum class Outcome : uint8_t {
  kCompressed,    // a whole frame is in the output
  kDoesNotFit,    // no frame fits the output; its bytes are undefined
  kEngineFailed,  // no engine could make a frame (out of memory)
};
inline constexpr size_t kOutcomeCount = 3;

// One block. The buffers belong to the caller, do not overlap, and are used
// only until compress() returns.
struct CompressRequest {
  std::span<const char> input;
  std::span<char> output;       // the frame goes to its front
  int level = 3;                // a libzstd level, not 0
  bool frame_checksum = false;  // append XXH64 (RFC 8878, 3.1.1)
  Mode mode = Mode::kOffload;
};

struct CompressResult {
  Outcome outcome = Outcome::kEngineFailed;
  size_t frame_bytes = 0;  // 0 unless kCompressed
  Engine engine = Engine::kCpu;
};

}  // namespace gpu_zstd
