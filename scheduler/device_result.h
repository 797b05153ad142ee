// What a device said of one block, which nobody believes before judging it.
#pragma once

#include <cstddef>

#include "gpu_codec/status.h"
#include "scheduler/device.h"
#include "scheduler/types.h"

namespace gpu_zstd {

struct DeviceResult {
  // Before the launch: what no device writes. A batch that is said to be done
  // and did nothing is found out.
  size_t frame_bytes = ~size_t{0};
  Status status = kNoStatus;

  // kEngineFailed where size and status make no sense; `capacity` is what the
  // frame had room for. A frame judged kCompressed may still be a wrong one.
  Outcome judge(size_t capacity) const {
    if (status == Status::kDoesNotFit && frame_bytes == 0) {
      return Outcome::kDoesNotFit;
    }
    const bool plausible = status == Status::kCompressed && frame_bytes > 0 &&
                           frame_bytes <= capacity;
    return plausible ? Outcome::kCompressed : Outcome::kEngineFailed;
  }
};

}  // namespace gpu_zstd
