// Repeated offsets. While no two neighbouring matches touch and have the same
// offset, the format's three repcodes are the last three distinct offsets:
// using one moves it to the front. "The last three distinct offsets of a
// stretch of sequences" is associative, so the state before every sequence
// comes from a prefix scan.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

// The last distinct offsets, latest first; 0 where there are fewer.
struct RepHistory {
  uint32_t offsets[kRepcodes];
};

GPU_ZSTD_FN RepHistory initial_history() {
  return {{kInitialRepcodes[0], kInitialRepcodes[1], kInitialRepcodes[2]}};
}

GPU_ZSTD_FN void push_offset(RepHistory& h, uint32_t offset) {
  if (offset == h.offsets[0]) return;
  if (offset != h.offsets[1]) h.offsets[2] = h.offsets[1];
  h.offsets[1] = h.offsets[0];
  h.offsets[0] = offset;
}

// The history of what `earlier` covers followed by what `later` covers.
GPU_ZSTD_FN RepHistory join_histories(const RepHistory& earlier,
                                      const RepHistory& later) {
  RepHistory joined = earlier;
  GPU_ZSTD_UNROLL
  for (uint32_t r = kRepcodes; r-- > 0;) {
    if (later.offsets[r] != 0) push_offset(joined, later.offsets[r]);
  }
  return joined;
}

// How a match of `offset` after `lit_length` literals is written: 1..3 for a
// repcode, else the offset + 3. Without literals the codes mean the second and
// third repcode and the first less one.
GPU_ZSTD_FN uint32_t resolve_offset(const RepHistory& h, uint32_t offset,
                                    uint32_t lit_length) {
  if (lit_length != 0) {
    if (offset == h.offsets[0]) return 1;
    if (offset == h.offsets[1]) return 2;
    if (offset == h.offsets[2]) return 3;
  } else {
    if (offset == h.offsets[1]) return 1;
    if (offset == h.offsets[2]) return 2;
    if (offset + 1 == h.offsets[0]) return 3;
  }
  return offset + kRepcodes;
}

// The offset that code `rep` (0..2) means; 0 if it means none.
GPU_ZSTD_FN uint32_t rep_offset(const RepHistory& h, uint32_t rep,
                                uint32_t lit_length) {
  const uint32_t place = lit_length != 0 ? rep : rep + 1;
  if (place == 0) return h.offsets[0];
  if (place == 1) return h.offsets[1];
  if (place == 2) return h.offsets[2];
  return h.offsets[0] - 1;
}

// histories[k] becomes the state before sequence k of `count`, and
// histories[count] the state after all. `offset_of(k)` is the offset of
// sequence k, `start` the state before the first.
template <class Exec, class OffsetOf>
GPU_ZSTD_FN void scan_histories(Exec& x, uint32_t count,
                                const RepHistory& start, OffsetOf offset_of,
                                RepHistory* histories) {
  const uint32_t per_thread = (count + x.threads() - 1) / x.threads();
  typename Exec::template PerThread<RepHistory> before(x);
  const auto end_of = [&](uint32_t t) {
    const uint32_t end = (t + 1) * per_thread;
    return end < count ? end : count;
  };
  x.phase([&](uint32_t t) {
    RepHistory h{{0, 0, 0}};
    for (uint32_t k = t * per_thread; k < end_of(t); ++k) {
      push_offset(h, offset_of(k));
    }
    before[t] = h;
  });
  const RepHistory last = x.exclusive_scan(
      before, start, [](const RepHistory& earlier, const RepHistory& later) {
        return join_histories(earlier, later);
      });
  x.phase([&](uint32_t t) {
    RepHistory h = before[t];
    for (uint32_t k = t * per_thread; k < end_of(t); ++k) {
      histories[k] = h;
      push_offset(h, offset_of(k));
    }
    if (t == 0) histories[count] = last;
  });
}

}  // namespace gpu_zstd
