// How the DP keeps costs.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// A cost and the choice it comes from, so that the smaller of two words is the
// cheaper choice:
//
//   bit  31 ........ 12 | 11 .... 8  | 7 .... 0
//        cost           | source + 1 | length       0: a literal
inline constexpr uint32_t kWayBits = 12;
inline constexpr uint32_t kWayCodes = (1u << kWayBits) - 1;
inline constexpr int32_t kNoWay = 0x3FFFFFFF;

GPU_ZSTD_FN int32_t make_way(int32_t cost, uint32_t code) {
  return cost * (1 << kWayBits) + static_cast<int32_t>(code);
}

// What a match's source adds to a way.
GPU_ZSTD_FN int32_t source_way(uint32_t source) {
  return make_way(0, (source + 1) << 8);
}

}  // namespace gpu_zstd
