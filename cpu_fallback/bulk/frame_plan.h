// Into which frames an input is cut.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

// Raw bytes of a full frame at this level; `window_log` as in
// BulkEncodeOptions. Large enough that frames without a common history come
// within 1 % of the size that one multithreaded zstd frame has, and a pure
// function, so that output never depends on the machine.
size_t full_frame_bytes(int level, int window_log);

// Raw bytes of each frame but the last of an input of `total_bytes`: the input
// is cut evenly, so that the last frame is no straggler.
size_t even_frame_bytes(uint64_t total_bytes, size_t full_bytes);

// The same as `options` want it, for an input of `total_bytes` (0: unknown).
size_t planned_frame_bytes(const BulkEncodeOptions& options,
                           uint64_t total_bytes);

// How one frame of many pieces is made at this level: `history_bytes` before a
// piece are matched against, over a window of 2^window_log bytes.
struct PiecePlan {
  int window_log = 0;
  size_t piece_bytes = 0;
  size_t history_bytes = 0;
};
PiecePlan plan_pieces(int level);

}  // namespace gpu_zstd
