// What the quick parse (lazy.h) decides at one position.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// The offset at position i to the latest occurrence `j` of its hash if four
// bytes match there, else 0. Without an occurrence j is i.
GPU_ZSTD_FN uint32_t latest_offset(const uint8_t* data, uint32_t i,
                                   uint32_t j) {
  return read32(data, i) == read32(data, j) ? i - j : 0;
}

// The same with a look into the table of long grams, whose entry is `half`:
// where eight bytes match, first at the latest occurrence.
GPU_ZSTD_FN uint32_t latest_or_long_offset(const uint8_t* data, uint32_t i,
                                           uint32_t j, uint16_t half) {
  const EightBytes own = read64(data, i);
  const EightBytes latest = read64(data, j);
  const bool four = own.low == latest.low;
  if (half != kNoPosition<uint16_t> && !(four && own.high == latest.high)) {
    const uint32_t far = 2u * half;
    const EightBytes other = read64(data, far);
    if (own.low == other.low && own.high == other.high) return i - far;
  }
  return four ? i - j : 0;
}

// The offset of the match at position i < n, `offset` or, where that matches
// about as long, the block's period.
GPU_ZSTD_FN uint32_t prefer_period(const uint8_t* data, uint32_t n, uint32_t i,
                                   uint32_t period, uint32_t offset) {
  // What lies behind the block may be equal, too.
  if (period == 0 || i < period || n - i < kLazyMinMatch) return offset;
  const EightBytes own = read64(data, i);
  const uint32_t equal = equal_bytes(own, read64(data, i - period));
  if (equal < kLazyMinMatch) return offset;
  const uint32_t other = equal_bytes(own, read64(data, i - offset));
  return offset == 0 || other <= equal + kPeriodSlack ? period : offset;
}

// What the match of a position saves, in quarter bytes; 0 without one, when
// length and offset are 0. A block without a period has period 0.
GPU_ZSTD_FN uint32_t lazy_gain(uint32_t offset, uint32_t length,
                               uint32_t period) {
  const uint32_t gain =
      offset == period ? period_gain(length) : match_gain(offset, length);
  return length == 0 ? 0 : gain;
}

// Whether a match is taken rather than one or two literals and the match there.
GPU_ZSTD_FN bool takes_match(uint32_t gain, uint32_t next, uint32_t second) {
  return (gain != 0) & (next <= gain + kLazyStep) &
         (second <= gain + kLazyStep2);
}

// Extends the match of position i to the left, at most to `free`, and returns
// where it then starts. Its offset and length are noted there.
template <class Index>
GPU_ZSTD_FN uint32_t extend_left(const uint8_t* data, Index* offsets,
                                 uint8_t* lengths, uint32_t i, uint32_t free) {
  const uint32_t offset = offsets[i];
  const uint32_t length = lengths[i];
  const uint32_t room =
      smaller(i - free, smaller(i - offset, kMaxParsedMatch - length));
  uint32_t more = 0;
  while (more < room && data[i - more - 1] == data[i - more - 1 - offset]) {
    ++more;
  }
  offsets[i - more] = static_cast<Index>(offset);
  lengths[i - more] = static_cast<uint8_t>(length + more);
  return i - more;
}

}  // namespace gpu_zstd
