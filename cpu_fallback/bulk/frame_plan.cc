#include "cpu_fallback/bulk/frame_plan.h"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_getCParams
#include <zstd.h>

#include <algorithm>

namespace gpu_zstd {
namespace {

constexpr size_t kMinFrameBytes = size_t{1} << 20;
constexpr size_t kMaxFrameBytes = size_t{256} << 20;
constexpr size_t kMaxLongFrameBytes = size_t{1} << 30;

// Windows in a frame. A frame starts with no history, which costs the more the
// better the strategy exploits it. Against `zstd -T` on 10 and 60 MB of package
// records, JSON, machine code and binary series (zstd 1.5.7, November 2026):
// one window costs at most 0.5 % at levels 1 to 3; at level 9 two windows cost
// 1.2 %, four (the size of zstd's own jobs) at most 0.6 %.
size_t windows_per_frame(ZSTD_strategy strategy) {
  return strategy <= ZSTD_dfast ? 1 : 4;
}

}  // namespace

size_t full_frame_bytes(int level, int window_log) {
  const ZSTD_compressionParameters params = ZSTD_getCParams(level, 0, 0);
  const size_t own = windows_per_frame(params.strategy) << params.windowLog;
  const size_t bytes = std::clamp(own, kMinFrameBytes, kMaxFrameBytes);
  if (window_log == 0) {
    return bytes;
  }
  return std::clamp(size_t{2} << window_log, bytes, kMaxLongFrameBytes);
}

size_t even_frame_bytes(uint64_t total_bytes, size_t full_bytes) {
  // With many frames a straggler no longer matters.
  constexpr uint64_t kManyFrames = 256;
  constexpr uint64_t kPage = 4096;
  const uint64_t frames = (total_bytes + full_bytes - 1) / full_bytes;
  if (frames <= 1 || frames > kManyFrames) {
    return full_bytes;
  }
  const uint64_t even = (total_bytes + frames - 1) / frames;
  return std::min<size_t>(full_bytes, (even + kPage - 1) / kPage * kPage);
}

size_t planned_frame_bytes(const BulkEncodeOptions& options,
                           uint64_t total_bytes) {
  const size_t full = options.frame_bytes > 0
                          ? options.frame_bytes
                          : full_frame_bytes(options.level, options.window_log);
  return even_frame_bytes(total_bytes, full);
}

// Reading in the history costs time with every piece; the better strategies
// make more of it. The header takes the level's window whatever the size.
PiecePlan plan_pieces(int level) {
  const ZSTD_compressionParameters params = ZSTD_getCParams(level, 0, 0);
  const size_t window = size_t{1} << params.windowLog;
  const size_t share = params.strategy <= ZSTD_dfast ? 4 : 2;
  return {static_cast<int>(params.windowLog),
          std::clamp(window, kMinFrameBytes, kMaxFrameBytes), window / share};
}

}  // namespace gpu_zstd
