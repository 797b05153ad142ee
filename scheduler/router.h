// Which engine takes which block: a pure function, so that a test can hold
// every row of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "scheduler/types.h"

namespace gpu_zstd {

// What the decision rests on.
struct RouteInput {
  Mode mode = Mode::kOffload;
  bool has_gpu_engine = false;  // the scheduler was given devices
  bool forked = false;          // this process is a child of the one that was
  DeviceState device = DeviceState::kNotStarted;  // the best there is
  size_t input_bytes = 0;
  int level = 3;
  uint32_t min_block_bytes = 0;
  // Expected times of this block in nanoseconds, from caller to frame; 0 while
  // not known. The CPU's is for a processor that is not shared.
  uint64_t gpu_ns = 0;
  uint64_t cpu_ns = 0;
  // What a block on the GPU takes of its caller's processor, in nanoseconds:
  // copies, falling asleep and waking up, verification. 0 while not known.
  uint64_t gpu_cpu_ns = 0;
  uint32_t overlap = 1;     // see CompressRequest
  uint32_t callers = 1;     // threads inside compress() now
  uint32_t processors = 1;  // of this machine
  bool has_queue = false;   // blocks already wait for the GPU
  uint32_t turn = 1;        // running number of the block
};

struct Route {
  Engine engine;
  RouteReason reason;
};

// One block in kMeasureOneIn, and fewer the more it costs, goes to the engine
// that is not chosen, so that its times stay known. `turn` tells which ones: if
// that engine takes n times as long, one in n * kMeasureOneIn.
inline constexpr uint32_t kMeasureOneIn = 128;

Route choose_route(const RouteInput& input);

}  // namespace gpu_zstd
