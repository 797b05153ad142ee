// mark_taken() on a GPU. Each thread follows the choices of one segment from a
// guessed entry; where a segment to the left ends elsewhere, it goes again:
//
//   segment      0        1        2        3
//   guess        ^        ^        ^        ^         each at its begin
//   exits            --------->--->   ----------->
//   corrected    ^             ^     ^            ^   until nothing changes
//
// Parses run into each other soon, so a few rounds do for usual data. Where
// they do not, each thread finds the exit for every entry of its segment, one
// thread follows the exits, and all mark what they now know: bounded time for
// any data.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// A thread's part of the block: whole words of the `starts` mask.
struct ParseSegment {
  uint32_t begin;
  uint32_t end;
};

__device__ __forceinline__ ParseSegment parse_segment(uint32_t thread,
                                                      uint32_t threads,
                                                      uint32_t n) {
  const uint32_t words = ((n + 31) / 32 + threads - 1) / threads;
  const uint32_t begin = thread * words * 32;
  const uint32_t end = begin + words * 32;
  return {begin < n ? begin : n, end < n ? end : n};
}

// Follows the choices from `entry`, marks the matches in `starts` and returns
// the first position reached beyond the segment.
__device__ __forceinline__ uint32_t follow_segment(const uint16_t* choices,
                                                   ParseSegment segment,
                                                   uint32_t entry,
                                                   uint32_t* starts) {
  uint32_t i = entry;
  for (uint32_t base = segment.begin; base < segment.end; base += 32) {
    const uint32_t end = base + 32 < segment.end ? base + 32 : segment.end;
    uint32_t mask = 0;
    while (i < end) {
      const uint32_t length = choice_length(choices[i]);
      if (length != 0) mask |= 1u << (i - base);
      i += length != 0 ? length : 1;
    }
    starts[base >> 5] = mask;
  }
  return i;
}

// exits[i] becomes how far beyond the segment the parse from position i leads.
__device__ __forceinline__ void find_exits(const uint16_t* choices,
                                           ParseSegment segment,
                                           uint8_t* exits) {
  for (uint32_t i = segment.end; i-- > segment.begin;) {
    const uint32_t length = choice_length(choices[i]);
    const uint32_t next = i + (length != 0 ? length : 1);
    exits[i] = static_cast<uint8_t>(next < segment.end ? exits[next]
                                                       : next - segment.end);
  }
}

__device__ __forceinline__ void mark_taken_parallel(
    CudaBlockExec& x, const uint16_t* choices, uint32_t n, uint32_t* starts,
    uint32_t* entries, uint8_t* exits) {
  const uint32_t thread = threadIdx.x;
  const uint32_t threads = blockDim.x;
  const ParseSegment segment = parse_segment(thread, threads, n);
  uint32_t entry = segment.begin;
  CudaPerThread<uint32_t> reach(x);
  uint32_t exit = follow_segment(choices, segment, entry, starts);
  for (uint32_t round = 0; round < kParseRounds; ++round) {
    reach[thread] = exit;
    x.inclusive_max(reach);
    entries[thread + 1] = reach[thread];
    if (thread == 0) entries[0] = 0;
    __syncthreads();
    const uint32_t corrected = entries[thread];
    const bool changed = corrected != entry && segment.begin < segment.end;
    if (changed) {
      entry = corrected;
      exit = follow_segment(choices, segment, entry, starts);
    }
    if (__syncthreads_or(changed) == 0) return;
  }
  find_exits(choices, segment, exits);
  __syncthreads();
  x.single([&] {
    uint32_t i = 0;
    for (uint32_t t = 0; t < threads; ++t) {
      const ParseSegment s = parse_segment(t, threads, n);
      entries[t] = i;
      if (i < s.end) i = s.end + exits[i];
    }
  });
  follow_segment(choices, segment, entries[thread], starts);
  __syncthreads();
}

}  // namespace gpu_zstd
