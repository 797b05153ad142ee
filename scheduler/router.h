// Which engine takes which block: a pure function, so that a test can hold
// every row of it.
#pragma once

#include "scheduler/types.h"

namespace gpu_zstd {

// What the decision rests on.
struct RouteInput {
  Mode mode = Mode::kOffload;
};

struct Route {
  Engine engine;
  RouteReason reason;
};

Route choose_route(const RouteInput& input);

}  // namespace gpu_zstd
