// The front half of the encoder: from a block's bytes to its sequences.
//
//   grams -> previous occurrences -> candidates -> greedy parse -> prices
//         -> repcode matches -> backward DP -> parse (-> prices ...) -> emit
#pragma once

#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/emit.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/mark_taken.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/optimal.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// The memory of one block's front half. `n` positions.
template <uint32_t kPreset, class Index>
struct Lz77Memory {
  static constexpr Preset kP = kPresetTable[kPreset];
  using RepWord = typename RepLengths<kP.reps>::Word;
  // Exact tables exchange whole words.
  using Head = std::conditional_t<kP.exact, uint32_t, Index>;

  const uint8_t* data;  // padded, see grams.h
  uint32_t n;
  Head* heads;  // 2^hash_bits
  uint32_t hash_bits;
  bool lane_order;       // see insert_cuda.cuh
  Index* previous;       // n
  uint32_t* nearest[2];  // n each; [1] only to propagate
  uint32_t* longest[2];
  RepWord* rep_lengths;  // n
  uint16_t* choices;     // n
  ParseScratch parse;    // may lie over the ring
  CostRing ring;
  MatchList lists[2];
  PriceShared* prices;
  PriceTable* price_table;
  EmitShared* emit;
  SequenceOutput out;
};

template <uint32_t kPreset, uint32_t kTable, class Exec, class Index>
GPU_ZSTD_FN void search_table(Exec& x, const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr TableSpec kSpec = kP.tables[kTable];
  insert_grams<kSpec.gram, kP.exact>(x, m.data, m.n, m.hash_bits, m.lane_order,
                                     m.heads, m.previous);
  x.for_each(m.n, [&](uint32_t i) {
    CandidateSlots slots{0, 0};
    if constexpr (kTable > 0) {
      slots.longest = m.longest[0][i];
      if constexpr (kPresetTable[kPreset].slots > 1)
        slots.nearest = m.nearest[0][i];
    }
    walk_chain<kPreset, kSpec.depth>(m.data, m.n, i, m.previous, slots);
    m.longest[0][i] = slots.longest;
    if constexpr (kPresetTable[kPreset].slots > 1) {
      m.nearest[0][i] = slots.nearest;
    }
  });
  if constexpr (kTable + 1 < kP.table_count) {
    search_table<kPreset, kTable + 1>(x, m);
  }
}

template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void complete_candidates(Exec& x,
                                     const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  if constexpr (kP.search_cap < kMaxParsedMatch) {
    x.for_each(m.n, [&](uint32_t i) {
      m.longest[0][i] =
          complete_length<kPreset>(m.data, m.n, i, m.longest[0][i]);
      if constexpr (kPresetTable[kPreset].slots > 1) {
        m.nearest[0][i] =
            complete_length<kPreset>(m.data, m.n, i, m.nearest[0][i]);
      }
    });
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

// Follows the choices from position 0 and lists the matches it meets.
template <class Exec>
GPU_ZSTD_FN void follow_choices(Exec& x, const ChoiceContext& context,
                                uint32_t n, const RepHistory& reps,
                                const ParseScratch& scratch, MatchList& list) {
  mark_taken(x, context.choices, n, list.starts, scratch);
  list_matches(x, context, n, list);
  list_histories(x, reps, list);
}

template <uint32_t kPreset, MatchLengths kLengths, class Exec, class Index>
GPU_ZSTD_FN void optimal_pass(Exec& x, const Lz77Memory<kPreset, Index>& m,
                              const RepHistory& reps,
                              const ChoiceContext& context, MatchList& list) {
  constexpr Preset kP = kPresetTable[kPreset];
  const MatchList& last = *context.last;
  clear_counts(x, m.prices->counts);
  count_symbols(x, m.data, m.n, last, m.prices->counts);
  make_prices(x, *m.prices, m.n, *m.price_table);
  rep_match_lengths<kP.reps>(x, m.data, m.n, last, m.rep_lengths);
  const DpInput<kPreset> in{m.data,          m.n,           context.nearest,
                            context.longest, m.rep_lengths, m.price_table};
  const uint32_t segments = (m.n + kDpSegment - 1) / kDpSegment;
  for (uint32_t wave = 0; wave < segments; wave += m.ring.stride) {
    x.for_each(smaller(m.ring.stride, segments - wave), [&](uint32_t s) {
      walk_segment<kPreset, kLengths>(in, m.ring, s, (wave + s) * kDpSegment,
                                      m.choices);
    });
  }
  follow_choices(x, context, m.n, reps, m.parse, list);
}

// Sequences of the block m.data[0 .. m.n). `reps` is the state of the repcodes
// before the block, `after` becomes the one behind it.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN BlockSequences find_sequences(Exec& x,
                                          Lz77Memory<kPreset, Index>& m,
                                          const RepHistory& reps,
                                          RepHistory& after) {
  constexpr Preset kP = kPresetTable[kPreset];
  search_table<kPreset, 0>(x, m);
  complete_candidates<kPreset>(x, m);
  constexpr uint32_t kFrom = kP.propagate ? 1 : 0;
  if constexpr (kP.propagate) propagate_candidates<kPreset>(x, m);
  const uint32_t* nearest = m.nearest[kFrom];
  const uint32_t* longest = m.longest[kFrom];
  choose_greedily<kPreset>(x, m, nearest, longest);
  ChoiceContext context{m.choices, nearest, longest, &m.lists[1]};
  follow_choices(x, context, m.n, reps, m.parse, m.lists[0]);
  uint32_t current = 0;
  for (uint32_t pass = 0; pass < kP.passes; ++pass) {
    context.last = &m.lists[current];
    MatchList& list = m.lists[current ^ 1];
    if (pass + 1 < kP.passes) {
      optimal_pass<kPreset, MatchLengths::kLight>(x, m, reps, context, list);
    } else {
      optimal_pass<kPreset, kP.last_lengths>(x, m, reps, context, list);
    }
    current ^= 1;
  }
  MatchList& final_list = m.lists[current];
  for (uint32_t round = 0; round < kRepRounds; ++round) {
    prefer_repcodes(x, m.data, final_list);
    list_histories(x, reps, final_list);
  }
  m.out.histories = m.lists[current ^ 1].histories;
  const BlockSequences sequences =
      emit_sequences(x, m.data, m.n, final_list, reps, *m.emit, m.out);
  after = m.out.histories[sequences.count];
  return sequences;
}

}  // namespace gpu_zstd
