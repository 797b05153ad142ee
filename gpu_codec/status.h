// How the encoding of one chunk went.
#pragma once

#include <cstdint>

namespace gpu_zstd {

enum class Status : uint32_t {
  kCompressed = 0,   // the frame is written, its size is given
  kDoesNotFit = 1,   // the frame is longer than the capacity
  kUnsupported = 2,  // the chunk is larger than was said
};

}  // namespace gpu_zstd
