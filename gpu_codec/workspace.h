// Lays out the memory of an encoder: the same functions size it and carve it.
//
//   per CTA, shared    data | phase arena | previous, choices, literals, words
//                      | starts, before | prices (DP)
//   per CTA, global    candidates, repcodes between matches (DP) | sequences
//
// The phase arena is used in turn by the heads of the gram tables, the search,
// the cost ring of the DP, the exits of a parse and its list of matches (the
// lazy one has its lengths there, too), the entropy coder and the hash. Blocks
// above kSmallBlockBytes keep what does not fit in shared memory in the
// workspace; the fields of their sequences lie over the data, which is not
// needed by then.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Layouts are compiled for blocks of up to these sizes and for kMaxBlockBytes;
// the first two are encoded within shared memory.
inline constexpr uint32_t kTinyBlockBytes = 4u << 10;
inline constexpr uint32_t kSmallBlockBytes = 16u << 10;
// The lazy presets have one more: their positions fit 16 bits, and two CTAs fit
// a multiprocessor.
inline constexpr uint32_t kMediumBlockBytes = 64u << 10;

// Hands out neighbouring pieces of a memory. Without a base it only adds up;
// the pieces then have made-up addresses, for null has no neighbours. (One
// constructor that looked whether there is a base would hide from the compiler
// which memory the pieces are in.)
class Carver {
 public:
  static constexpr size_t kAlignment = 16;

  GPU_ZSTD_HOST_FN Carver() : base_(reinterpret_cast<uint8_t*>(kAlignment)) {}
  GPU_ZSTD_HOST_FN explicit Carver(uint8_t* base) : base_(base) {}

  template <class T>
  GPU_ZSTD_HOST_FN T* take(size_t count) {
    uint8_t* piece = base_ + used_;
    used_ += (count * sizeof(T) + kAlignment - 1) / kAlignment * kAlignment;
    return reinterpret_cast<T*>(piece);
  }

  GPU_ZSTD_HOST_FN size_t used() const { return used_; }

 private:
  uint8_t* base_;
  size_t used_ = 0;
};

// Capacities of arrays for blocks of up to `bytes`; whole batches of the DP.
GPU_ZSTD_HOST_FN constexpr uint32_t position_capacity(uint32_t bytes) {
  return (bytes + kDpSegment - 1) / kDpSegment * kDpSegment + kDpSegment;
}

}  // namespace gpu_zstd
