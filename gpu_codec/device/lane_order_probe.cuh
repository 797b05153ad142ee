// Looks whether the device serves the lanes of a warp in the order that the
// insertion counts on (insert_cuda.cuh), on groups with many equal hashes.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/long_table.h"

namespace gpu_zstd {

inline constexpr uint32_t kProbePositions = 4096;
inline constexpr uint32_t kProbeHashBits = 10;

struct LaneOrderProbeShared {
  // Aligned as insert_grams() writes them: several words at a time.
  alignas(16) uint8_t data[kProbePositions + kDataPadding];
  alignas(16) uint32_t heads32[1 << kProbeHashBits];
  alignas(16) uint16_t heads16[1 << kProbeHashBits];
  alignas(16) uint16_t quick[kProbePositions];
  alignas(16) uint16_t sure[kProbePositions];
  uint32_t differences;
};

// Inserts by `insert(lane_order, previous)` in both ways and adds the
// differences.
template <class Insert>
__device__ __forceinline__ void probe_insertion(CudaBlockExec& x,
                                                LaneOrderProbeShared& s,
                                                Insert insert) {
  insert(true, s.quick);
  insert(false, s.sure);
  x.for_each(kProbePositions, [&](uint32_t i) {
    if (s.quick[i] != s.sure[i]) x.add(&s.differences, 1u);
  });
}

// Adds the number of differences in all ways of inserting to *total. `seed`
// varies the data from CTA to CTA.
__device__ __forceinline__ void probe_lane_order(CudaBlockExec& x,
                                                 LaneOrderProbeShared& s,
                                                 uint32_t seed,
                                                 uint32_t* total) {
  // Few values, so that grams repeat at all distances.
  const uint32_t values = 1 + seed % 7;
  x.for_each(kProbePositions + kDataPadding, [&](uint32_t i) {
    const uint32_t mixed = (i + seed * 7919u) * 0x9E3779B1u;
    s.data[i] = static_cast<uint8_t>((mixed >> 24) % values);
  });
  x.single([&] { s.differences = 0; });
  probe_insertion(x, s, [&](bool lane_order, uint16_t* previous) {
    insert_grams<4>(x, s.data, kProbePositions, lane_order,
                    {s.heads32, kProbeHashBits, 1}, previous);
  });
  probe_insertion(x, s, [&](bool lane_order, uint16_t* previous) {
    x.phase([&](uint32_t thread) {
      clear_heads(s.heads16, sizeof(s.heads16), thread, x.threads());
    });
    x.warps(1, [&](CudaWarpExec& warp, uint32_t) {
      insert_long_grams<false>(warp, s.data, kProbePositions, lane_order,
                               {s.heads16, previous, kProbeHashBits});
    });
  });
  x.single([&] { x.add(total, s.differences); });
}

}  // namespace gpu_zstd
