// The candidates of a block: tables one after the other, then neighbours'.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Every position's chain on its own.
template <uint32_t kPreset, uint32_t kTable, class Exec, class Index>
GPU_ZSTD_FN void search_chains(Exec& x, const Lz77Memory<kPreset, Index>& m) {
  constexpr uint32_t kDepth = kPresetTable[kPreset].tables[kTable].depth;
  x.for_each(m.n, [&](uint32_t i) {
    CandidateSlots slots{0, 0};
    if constexpr (kTable > 0) {
      slots.longest = m.longest[0][i];
      if constexpr (kPresetTable[kPreset].slots > 1)
        slots.nearest = m.nearest[0][i];
    }
    walk_chain<kPreset, kDepth>(m.data, m.n, i, m.previous, slots);
    m.longest[0][i] = slots.longest;
    if constexpr (kPresetTable[kPreset].slots > 1) {
      m.nearest[0][i] = slots.nearest;
    }
  });
}

#if defined(__CUDACC__)
// The same for tables of depth 1 whose compares are not capped: lengths by runs
// of equal offsets.
template <uint32_t kPreset, bool kFirst, class Index>
__device__ __forceinline__ void search_latest(
    CudaBlockExec& x, const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  static_assert(kP.slots == 1 && kP.min_match == 4);
  RunLengths run;
  groups_leftwards(
      x, m.n, [&] { run.begin_part(); },
      [&](uint32_t first) {
        const uint32_t i = first + (threadIdx.x & 31u);
        const bool inside = i + kP.min_match <= m.n;
        uint32_t offset = 0;
        if (inside) {
          const Index j = chain_start<kP.exact>(m.data, i, m.previous);
          if (j != kNoPosition<Index> &&
              read32(m.data, i) == read32(m.data, j)) {
            offset = i - j;
          }
        }
        const uint32_t at = i < m.n ? i : m.n - 1;
        const uint32_t length = run.length(m.data, m.n, at, offset, 4);
        CandidateSlots slots{0, 0};
        if (!kFirst && i < m.n) slots.longest = m.longest[0][i];
        if (length != 0) {
          keep_candidate<1>(slots, make_candidate(offset, length));
        }
        if (i < m.n) m.longest[0][i] = slots.longest;
      });
}

// Completes the capped lengths of one slot by runs of equal offsets.
__device__ __forceinline__ void complete_slot(CudaBlockExec& x,
                                              const uint8_t* data, uint32_t n,
                                              uint32_t cap, uint32_t* words) {
  RunLengths run;
  groups_leftwards(
      x, n, [&] { run.begin_part(); },
      [&](uint32_t first) {
        const uint32_t lane_position = first + (threadIdx.x & 31u);
        const uint32_t i = lane_position < n ? lane_position : n - 1;
        const uint32_t word = lane_position < n ? words[i] : 0;
        const bool capped = candidate_length(word) == cap;
        const uint32_t offset = capped ? candidate_offset(word) : 0;
        const uint32_t length = run.length(data, n, i, offset, cap);
        if (capped) words[i] = make_candidate(offset, length);
      });
}
#endif

// Fills the table and takes its candidates, then the next table.
template <uint32_t kPreset, uint32_t kTable, class Exec, class Index>
GPU_ZSTD_FN void search_table(Exec& x, const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr TableSpec kSpec = kP.tables[kTable];
  insert_grams<kSpec.gram, kP.exact>(x, m.data, m.n, m.hash_bits, m.lane_order,
                                     m.heads, m.previous);
#if defined(__CUDACC__)
  if constexpr (kSpec.depth == 1 && kP.search_cap == kMaxParsedMatch) {
    search_latest<kPreset, kTable == 0>(x, m);
  } else {
    search_chains<kPreset, kTable>(x, m);
  }
#else
  search_chains<kPreset, kTable>(x, m);
#endif
  if constexpr (kTable + 1 < kP.table_count) {
    search_table<kPreset, kTable + 1>(x, m);
  }
}

template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void complete_candidates(Exec& x,
                                     const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  if constexpr (kP.search_cap < kMaxParsedMatch) {
#if defined(__CUDACC__)
    complete_slot(x, m.data, m.n, kP.search_cap, m.longest[0]);
    if constexpr (kP.slots > 1) {
      complete_slot(x, m.data, m.n, kP.search_cap, m.nearest[0]);
    }
#else
    x.for_each(m.n, [&](uint32_t i) {
      m.longest[0][i] =
          complete_length<kPreset>(m.data, m.n, i, m.longest[0][i]);
      if constexpr (kPresetTable[kPreset].slots > 1) {
        m.nearest[0][i] =
            complete_length<kPreset>(m.data, m.n, i, m.nearest[0][i]);
      }
    });
#endif
  }
}

template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void propagate_candidates(Exec& x,
                                      const Lz77Memory<kPreset, Index>& m) {
  constexpr uint32_t kSlots = kPresetTable[kPreset].slots;
  x.for_each(m.n, [&](uint32_t i) {
    CandidateSlots slots{m.nearest[0][i], m.longest[0][i]};
    if (i + 1 < m.n) {
      offer_right<kSlots>(m.data, i, m.nearest[0][i + 1], slots);
      offer_right<kSlots>(m.data, i, m.longest[0][i + 1], slots);
    }
    if (i > 0) {
      offer_left<kSlots>(m.nearest[0][i - 1], slots);
      offer_left<kSlots>(m.longest[0][i - 1], slots);
    }
    m.nearest[1][i] = slots.nearest;
    m.longest[1][i] = slots.longest;
  });
}

// The choices of the greedy parse: the candidate of highest gain.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void choose_greedily(Exec& x, const Lz77Memory<kPreset, Index>& m,
                                 const uint32_t* nearest,
                                 const uint32_t* longest) {
  x.for_each(m.n, [&](uint32_t i) {
    uint32_t word = longest[i];
    uint32_t source = kFromLongest;
    if constexpr (kPresetTable[kPreset].slots > 1) {
      word = better_candidate(nearest[i], longest[i]);
      if (word != longest[i]) source = kFromNearest;
    }
    const uint32_t length = candidate_length(word);
    m.choices[i] =
        static_cast<uint16_t>(length >= 4 ? make_choice(source, length) : 0);
  });
}

}  // namespace gpu_zstd
