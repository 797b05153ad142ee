// Named ranges for profilers: NVTX ranges of the domain "gpu_zstd", which
// Nsight Systems and others show as a row of their own. Without a tool attached
// a range is one look at a pointer; in a build without NVTX's headers it is
// nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gpu_zstd {

// What takes time. The name that a tool shows is the text behind it.
enum class Span : uint8_t {
  kGather,       // "gather": a caller copies its block into its slot
  kWaitForLane,  // "wait for a lane": every lane is taken
  kWait,         // "wait": a caller waits for its batch
  kScatter,      // "scatter": a caller judges its frame and copies it out
  kVerify,       // "verify": libzstd decodes a frame, and it is compared
  kLaunch,       // "launch": the device's thread hands over a batch
  kWake,         // "wake": the device's thread tells a batch's callers
};
inline constexpr size_t kSpanCount = 7;

// Covers its own lifetime, on the calling thread; ranges of a thread nest.
class TraceRange {
 public:
  explicit TraceRange(Span span) noexcept;
  ~TraceRange();
  TraceRange(const TraceRange&) = delete;
  TraceRange& operator=(const TraceRange&) = delete;

 private:
  const bool open_;
};

// A batch on the device, from launch to completion: "batch", with the number of
// its blocks as payload. Batches overlap, so that each has a number, 0 without
// a tool. Thread-safe.
uint64_t begin_batch_trace(uint32_t blocks) noexcept;
void end_batch_trace(uint64_t number) noexcept;

// Whether this build has ranges at all.
bool has_trace();

}  // namespace gpu_zstd
