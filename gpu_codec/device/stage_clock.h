// Where the fused encoder's time goes: with GPU_ZSTD_STAGE_CLOCKS each CTA adds
// the cycles between two marks to the stage that ends at the second. Without
// it, and on the host, a mark is nothing.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// In the order in which a block meets them.
enum class Stage : uint32_t {
  kLoad,
  kInsert,      // grams into hash tables
  kSearch,      // candidates of every position
  kComplete,    // their whole lengths, and neighbours' offsets
  kGreedy,      // the first parse
  kPrices,      // of a parse's symbols
  kRepLengths,  // matches at the repcodes
  kWalk,        // the backward DP
  kParse,       // following its choices
  kReplace,     // replacing offsets by repcodes
  kEmit,        // sequences and literals
  kCounts,      // of literals and codes of sequences
  kCode,        // of the literals
  kTree,        // the code's weights: their table and states
  kStates,      // of the sequences, as far as not done beside those two
  kPlaces,      // of bits, sizes of streams
  kBits,        // writing the bits
  kFrame,       // copying the block to its place
  kChecksum,
};
inline constexpr uint32_t kStages = 19;

inline constexpr const char* kStageNames[kStages] = {
    "load",   "insert",      "search", "complete", "greedy",
    "prices", "rep_lengths", "walk",   "parse",    "replace",
    "emit",   "counts",      "code",   "tree",     "states",
    "places", "bits",        "frame",  "checksum"};

#if defined(__CUDACC__) && defined(GPU_ZSTD_STAGE_CLOCKS)

// Cycles by stage of all CTAs that this source file's kernels ran.
static __device__ unsigned long long stage_cycles[kStages];

// The one place a CTA keeps the time of its last mark in.
__device__ __forceinline__ long long& last_mark() {
  __shared__ long long time;
  return time;
}

// Called by all threads, between two phases.
__device__ __forceinline__ void begin_stages() {
  if (threadIdx.x == 0) last_mark() = clock64();
}

__device__ __forceinline__ void end_stage(Stage stage) {
  if (threadIdx.x != 0) return;
  const long long now = clock64();
  atomicAdd(&stage_cycles[static_cast<uint32_t>(stage)],
            static_cast<unsigned long long>(now - last_mark()));
  last_mark() = now;
}

#else

GPU_ZSTD_FN void begin_stages() {}
GPU_ZSTD_FN void end_stage(Stage) {}

#endif

}  // namespace gpu_zstd
