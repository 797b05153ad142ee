#include "scheduler/router.h"

#include <algorithm>

namespace gpu_zstd {
namespace {

constexpr int kMinGpuLevel = 1;
constexpr int kMaxGpuLevel = 22;

Route cpu(RouteReason reason) { return {Engine::kCpu, reason}; }
Route gpu(RouteReason reason) { return {Engine::kGpu, reason}; }

// Whether the CPU would be done earlier. Threads beyond the number of
// processors wait for each other there, and do not on the GPU.
bool cpu_is_quicker(const RouteInput& in) {
  const uint64_t processors = std::max(in.processors, 1u);
  const uint64_t callers = std::max<uint64_t>(in.callers, processors);
  return in.gpu_ns > in.cpu_ns * callers / processors;
}

// Whether the caller's work goes on as quickly on the GPU although this block
// takes longer there, since others of its blocks are under way meanwhile. What
// makes the blocks (in RocksDB a file's one emitting thread) needs at level 3,
// the quickest that is asked for a lot, a third of libzstd's time for each: the
// GPU keeps up if `overlap` of its round trips fit into `overlap` such thirds.
// A quarter leaves room for errors.
bool gpu_keeps_up(const RouteInput& in) {
  constexpr uint64_t kBlocksInCpuTime = 4;
  return in.gpu_ns / std::max(in.overlap, 1u) <= in.cpu_ns / kBlocksInCpuTime;
}

// Whether there is more to compress than one file's blocks, so that what a GPU
// saves of the processors is of use to others. A file compressed by 16 threads
// has two or three blocks under way in a compaction, up to six in a flush;
// alone it would lose some percents of its speed, since its threads fall asleep
// more often.
bool has_many_callers(const RouteInput& in) {
  constexpr uint32_t kMany = 8;
  return in.callers >= kMany;
}

// Whether the GPU leaves at least a quarter of libzstd's time to others. The
// device's own thread, which many blocks share, comes on top.
bool gpu_saves_cpu(const RouteInput& in) {
  return in.gpu_cpu_ns != 0 && in.gpu_cpu_ns <= in.cpu_ns / 4 * 3;
}

// Whether it is this block's turn to measure the engine that is not chosen.
// However slow that engine is, all measuring together costs the callers no more
// than one block in kMeasureOneIn of their own.
bool is_to_measure(const RouteInput& in, bool prefers_cpu) {
  constexpr uint64_t kRarest = (1 << 20) / kMeasureOneIn;
  const uint64_t chosen = prefers_cpu ? in.cpu_ns : in.gpu_ns;
  const uint64_t other = prefers_cpu ? in.gpu_ns : in.cpu_ns;
  const uint64_t times = std::clamp<uint64_t>(other / chosen, 1, kRarest);
  return in.turn % (kMeasureOneIn * times) == 0;
}

// The choice where both engines could serve the block.
Route weigh(const RouteInput& in) {
  if (in.mode == Mode::kGpuOnly) return gpu(RouteReason::kServed);
  if (in.cpu_ns == 0) return cpu(RouteReason::kMeasuring);
  if (in.gpu_ns == 0) return gpu(RouteReason::kMeasuring);
  const bool nobody_waits = has_many_callers(in) && gpu_keeps_up(in);
  const bool prefers_cpu =
      (cpu_is_quicker(in) && !(nobody_waits && gpu_saves_cpu(in))) ||
      (in.mode == Mode::kThroughput && in.has_queue);
  if (is_to_measure(in, prefers_cpu)) {
    return prefers_cpu ? gpu(RouteReason::kMeasuring)
                       : cpu(RouteReason::kMeasuring);
  }
  return prefers_cpu ? cpu(RouteReason::kBusy) : gpu(RouteReason::kServed);
}

}  // namespace

Route choose_route(const RouteInput& in) {
  if (in.mode == Mode::kCpuOnly) return cpu(RouteReason::kCpuOnlyMode);
  if (!in.has_gpu_engine) return cpu(RouteReason::kNoGpuEngine);
  if (in.forked) return cpu(RouteReason::kForked);
  if (in.level < kMinGpuLevel || in.level > kMaxGpuLevel) {
    return cpu(RouteReason::kLevelNotServed);
  }
  if (in.input_bytes < in.min_block_bytes || in.input_bytes == 0) {
    return cpu(RouteReason::kSmallBlock);
  }
  if (in.input_bytes > kMaxGpuBlockBytes) {
    return cpu(RouteReason::kLargeBlock);
  }
  switch (in.device) {
    case DeviceState::kReady:
      return weigh(in);
    case DeviceState::kNotStarted:
    case DeviceState::kStarting:
      return cpu(RouteReason::kStarting);
    case DeviceState::kAbsent:
      return cpu(RouteReason::kNoDevice);
    case DeviceState::kBackingOff:
    case DeviceState::kSetAside:
      break;
  }
  return cpu(RouteReason::kUnhealthy);
}

}  // namespace gpu_zstd
