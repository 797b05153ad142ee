// The candidates of a block: tables one after the other, then neighbours'.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Adds what position i's chain in a table leads to, whose previous positions
// are given.
template <uint32_t kPreset, uint32_t kTable, class Index>
GPU_ZSTD_FN void search_chain(const Lz77Memory<kPreset, Index>& m, uint32_t i,
                              const Index* previous, CandidateSlots& slots) {
  static_assert(kPresetTable[kPreset].slots == 2);
  if constexpr (kTable + 1 < kPresetTable[kPreset].table_count) {
    walk_first_chain<kPreset, kTable>(m.data, m.n, i, previous, slots);
  } else {
    walk_chain<kPreset, kTable>(m.data, m.n, i, previous, slots);
  }
}

// The same to what earlier tables' chains led to.
template <uint32_t kPreset, uint32_t kTable, class Index>
GPU_ZSTD_FN void search_further(const Lz77Memory<kPreset, Index>& m, uint32_t i,
                                const Index* previous) {
  CandidateSlots slots{0, 0};
  if constexpr (kTable > 0) slots = {m.nearest[0][i], m.longest[0][i]};
  search_chain<kPreset, kTable>(m, i, previous, slots);
  m.nearest[0][i] = slots.nearest;
  m.longest[0][i] = slots.longest;
}

// The same where there is one table, as far as eight bytes tell.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void search_short(Exec& x, const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  static_assert(kP.table_count == 1 && kP.tables[0].gram == 4 &&
                kP.search_cap == kShortCompare);
  x.for_each(m.n, [&](uint32_t i) {
    m.longest[0][i] =
        find_short_match<kP.tables[0].depth>(m.data, m.n, i, m.previous);
  });
}

#if defined(__CUDACC__)
// Completes the capped lengths of one slot by runs of equal offsets.
__device__ __forceinline__ void complete_slot(const uint8_t* data, uint32_t n,
                                              uint32_t cap,
                                              RunScratch* scratches,
                                              uint32_t* words) {
  const uint32_t lane = threadIdx.x & 31u;
  RunScratch& scratch = scratches[threadIdx.x >> 5];
  RunLengths run;
  stretches_leftwards(n, [&](uint32_t first) {
    uint32_t offsets[kStretchGroups];
    uint32_t lengths[kStretchGroups];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kStretchGroups; ++k) {
      const uint32_t i = first + k * 32 + lane;
      const uint32_t word = i < n ? words[i] : 0;
      offsets[k] = candidate_length(word) == cap ? candidate_offset(word) : 0;
    }
    run.find(data, n, first, offsets, cap, scratch, lengths);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kStretchGroups; ++k) {
      if (offsets[k] != 0) {
        words[first + k * 32 + lane] = make_candidate(offsets[k], lengths[k]);
      }
    }
  });
}
#endif

// Candidates are read four at a time: none behind the block's last position.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void end_candidates(Exec& x, const Lz77Memory<kPreset, Index>& m) {
  x.prelude([&](uint32_t thread) {
    if (thread >= 3) return;  // there are more
    const uint32_t i = m.n + thread;
    m.longest[0][i] = 0;
    if constexpr (kPresetTable[kPreset].slots > 1) m.nearest[0][i] = 0;
  });
}

// Fills the table and takes its candidates, then the next table. Beside the
// first insertion `aside` is done, as insert_grams() has it.
template <uint32_t kPreset, uint32_t kTable, class Exec, class Index,
          class Aside>
GPU_ZSTD_FN void search_table(Exec& x, const Lz77Memory<kPreset, Index>& m,
                              const Aside& aside) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr TableSpec kSpec = kP.tables[kTable];
  insert_grams<kSpec.gram>(x, m.data, m.n, m.lane_order, m.table, m.previous,
                           aside);
  end_stage(Stage::kInsert);
  if constexpr (kP.slots == 1) {
    search_short<kPreset>(x, m);
  } else {
    x.for_each(m.n, [&](uint32_t i) {
      search_further<kPreset, kTable>(m, i, m.previous);
    });
  }
  end_stage(Stage::kSearch);
  if constexpr (kTable + 1 < kP.table_count) {
    search_table<kPreset, kTable + 1>(x, m, NothingAside());
  }
}

// Fills table kTable by one warp.
template <uint32_t kPreset, uint32_t kTable, class Warp, class Index>
GPU_ZSTD_FN void insert_by_one(Warp& warp, const Lz77Memory<kPreset, Index>& m,
                               const GramTable& table, Index* previous) {
  constexpr uint32_t kGram = kPresetTable[kPreset].tables[kTable].gram;
  insert_section<kGram, kHashedBefore<Index>>(warp, m.data, m.n, 0,
                                              m.lane_order, table, previous);
}

// The candidates of a preset with several tables, where a table's two sections
// have room for two tables: the first two are filled beside each other, by a
// warp each, and searched together; meanwhile a third one is filled, whose
// previous positions lie over the second one's heads. `aside` as above.
template <uint32_t kPreset, class Exec, class Index, class Aside>
GPU_ZSTD_FN void search_tables_together(Exec& x,
                                        const Lz77Memory<kPreset, Index>& m,
                                        const Aside& aside) {
  constexpr Preset kP = kPresetTable[kPreset];
  const uint32_t bits = m.table.hash_bits;
  const GramTable first{m.table.heads, bits, 1};
  const GramTable second{m.table.heads + (1u << bits), bits, 1};
  begin_insertion<kP.tables[0].gram>(x, m.data, m.n, first, m.previous);
  begin_insertion<kP.tables[1].gram>(x, m.data, m.n, second, m.second_previous);
  const auto insert = [&](auto& warp, uint32_t table) {
    if (table == 0) {
      insert_by_one<kPreset, 0>(warp, m, first, m.previous);
    } else {
      insert_by_one<kPreset, 1>(warp, m, second, m.second_previous);
    }
  };
  insert_beside(x, 2, insert, aside);
  const auto search_both = [&](uint32_t i) {
    CandidateSlots slots{0, 0};
    search_chain<kPreset, 0>(m, i, m.previous, slots);
    search_chain<kPreset, 1>(m, i, m.second_previous, slots);
    m.nearest[0][i] = slots.nearest;
    m.longest[0][i] = slots.longest;
  };
  if constexpr (kP.table_count == 2) {
    end_stage(Stage::kInsert);
    x.for_each(m.n, search_both);
  } else {
    Index* third_previous = reinterpret_cast<Index*>(second.heads);
    begin_insertion<kP.tables[2].gram>(x, m.data, m.n, first, third_previous);
    end_stage(Stage::kInsert);
    const auto insert_third = [&](auto& warp, uint32_t) {
      insert_by_one<kPreset, 2>(warp, m, first, third_previous);
    };
    x.beside(1, insert_third, m.n, search_both);
    x.for_each(m.n, [&](uint32_t i) {
      search_further<kPreset, 2>(m, i, third_previous);
    });
  }
  end_stage(Stage::kSearch);
}

// The candidates of all tables. `aside` as above.
template <uint32_t kPreset, class Exec, class Index, class Aside = NothingAside>
GPU_ZSTD_FN void search_tables(Exec& x, const Lz77Memory<kPreset, Index>& m,
                               const Aside& aside = Aside()) {
  constexpr Preset kP = kPresetTable[kPreset];
  if constexpr (kP.table_count > 1) {
    if (m.table.sections > 1) {
      search_tables_together<kPreset>(x, m, aside);
      return;
    }
  }
  search_table<kPreset, 0>(x, m, aside);
}

// Completes the longest candidates. Only short lengths are taken of the
// nearest, so that they may stay at the cap.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void complete_candidates(Exec& x,
                                     const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  static_assert(kP.slots == 2 && kP.search_cap >= kShortLengths);
#if defined(__CUDACC__)
  complete_slot(m.data, m.n, kP.search_cap, m.runs, m.longest[0]);
#else
  x.for_each(m.n, [&](uint32_t i) {
    m.longest[0][i] = complete_length<kPreset>(m.data, m.n, i, m.longest[0][i]);
  });
#endif
}

// Adds the neighbours' offsets to four positions at a time: the words of
// positions 4 group - 1 .. 4 group + 4 give those between.
GPU_ZSTD_FN void load_group(const uint32_t* words, uint32_t first, uint32_t n,
                            uint32_t (&six)[6]) {
  alignas(16) uint32_t four[4];
  load4(words + first, four);
  six[0] = first > 0 ? words[first - 1] : 0;
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < 4; ++k) six[k + 1] = four[k];
  six[5] = first + 4 < n ? words[first + 4] : 0;
}

template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void propagate_candidates(Exec& x,
                                      const Lz77Memory<kPreset, Index>& m) {
  static_assert(kPresetTable[kPreset].slots == 2 &&
                kPresetTable[kPreset].lengths == MatchLengths::kFull);
  x.for_each((m.n + 3) / 4, [&](uint32_t group) {
    const uint32_t first = 4 * group;
    uint32_t nearest[6];
    uint32_t longest[6];
    alignas(16) uint32_t new_nearest[4];
    alignas(16) uint32_t new_longest[4];
    load_group(m.longest[0], first, m.n, longest);
    load_group(m.nearest[0], first, m.n, nearest);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 1; k < 5; ++k) {
      const uint32_t i = first + k - 1;
      CandidateSlots slots{nearest[k], longest[k]};
      keep_candidate(slots, from_right(m.data, i, nearest[k + 1]));
      keep_candidate(slots, from_right(m.data, i, longest[k + 1]));
      keep_candidate(slots, from_left(nearest[k - 1]));
      keep_candidate(slots, from_left(longest[k - 1]));
      new_nearest[k - 1] = with_code(slots.nearest);
      new_longest[k - 1] = with_code(slots.longest);
    }
    const uint32_t place = walk_place<kPreset>(first, m.segments);
    store4(new_nearest, m.nearest[1] + place);
    store4(new_longest, m.longest[1] + place);
  });
}

}  // namespace gpu_zstd
