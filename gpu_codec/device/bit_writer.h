// Bit fields written in parallel into zeroed 32-bit words.
//
//   thread 0        thread 1     thread 2       each owns a range of bits,
//   known |aaaaaaaaaaaaaaa|bbbbbbb|ccccccccccccc|     from a prefix sum of
//   lengths; | word 0 | word 1 | word 2 | word 3 |       shared words are
//   combined by OR
//
// Bit i of the buffer is bit i % 32 of word i / 32, so on a little-endian
// machine the words' bytes are the zstd bitstream.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// Appends fields from a given bit position on. One thread's own object.
template <class Exec>
class BitWriter {
 public:
  GPU_ZSTD_FN BitWriter(uint32_t* words, uint32_t position)
      : word_(words + (position >> 5)), filled_(position & 31) {}

  // `value` is below 2^bits; bits <= 32.
  GPU_ZSTD_FN void put(uint32_t value, uint32_t bits) {
    pending_ |= static_cast<uint64_t>(value) << filled_;
    filled_ += bits;
    if (filled_ >= 32) {
      Exec::or_bits(word_++, static_cast<uint32_t>(pending_));
      pending_ >>= 32;
      filled_ -= 32;
    }
  }

  GPU_ZSTD_FN void flush() {
    if (filled_ > 0) Exec::or_bits(word_, static_cast<uint32_t>(pending_));
    pending_ = 0;
  }

 private:
  uint32_t* word_;
  uint32_t filled_;
  uint64_t pending_ = 0;
};

// ORs `value` (below 2^32) into the buffer's bytes from `byte` on.
template <class Exec>
GPU_ZSTD_FN void or_bytes(uint32_t* words, uint32_t byte, uint32_t value) {
  const uint32_t shift = (byte & 3) * 8;
  Exec::or_bits(words + (byte >> 2), value << shift);
  if (shift > 0) Exec::or_bits(words + (byte >> 2) + 1, value >> (32 - shift));
}

// Replaces values[0 .. n) by their exclusive prefix sums, stores the total in
// values[n] and returns it. All threads call it; `values` is shared memory.
template <class Exec>
GPU_ZSTD_FN uint32_t prefix_sum_array(Exec& x, uint32_t* values, uint32_t n) {
  typename Exec::template PerThread<uint32_t> sum(x);
  const uint32_t share =  // mostly without a division
      n <= x.threads() ? 1 : (n + x.threads() - 1) / x.threads();
  x.phase([&](uint32_t thread) {
    uint32_t own = 0;
    GPU_ZSTD_NO_UNROLL
    for (uint32_t i = 0; i < share; ++i) {
      const uint32_t k = thread * share + i;
      if (k < n) own += values[k];
    }
    sum[thread] = own;
  });
  const uint32_t total = x.exclusive_sum(sum);
  x.phase([&](uint32_t thread) {
    uint32_t before = sum[thread];
    GPU_ZSTD_NO_UNROLL
    for (uint32_t i = 0; i < share; ++i) {
      const uint32_t k = thread * share + i;
      if (k < n) {
        const uint32_t own = values[k];
        values[k] = before;
        before += own;
      }
    }
    if (thread == 0) values[n] = total;
  });
  return total;
}

}  // namespace gpu_zstd
