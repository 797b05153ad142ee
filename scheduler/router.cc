#include "scheduler/router.h"

namespace gpu_zstd {

Route choose_route(const RouteInput& input) {
  if (input.mode == Mode::kCpuOnly) {
    return {Engine::kCpu, RouteReason::kCpuOnlyMode};
  }
  return {Engine::kCpu, RouteReason::kNoGpuEngine};
}

}  // namespace gpu_zstd
