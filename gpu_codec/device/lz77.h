// The front half of the encoder: from a block's bytes to its sequences.
//
//   grams -> previous occurrences -> candidates -> greedy parse -> prices
//         -> repcode matches -> backward DP -> parse (-> prices ...) -> emit
//
// or, for the quick presets,
//
//   grams -> previous occurrences -> candidates -> lazy parse -> emit
#pragma once

#include <cstdint>

#include "gpu_codec/device/dp_costs.h"
#include "gpu_codec/device/emit.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/find_candidates.h"
#include "gpu_codec/device/greedy.h"
#include "gpu_codec/device/inherit.h"
#include "gpu_codec/device/lazy.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/mark_taken.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/optimal.h"
#include "gpu_codec/device/period.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/rep_intervals.h"
#include "gpu_codec/device/rep_lengths.h"
#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/device/walk_full.h"
#include "gpu_codec/device/walk_light.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Follows the choices from position 0 and lists the matches it meets.
template <uint32_t kPreset, class Exec>
GPU_ZSTD_FN void follow_choices(Exec& x, const ChoiceContext& context,
                                uint32_t n, const ParseScratch& scratch,
                                MatchList& list) {
  mark_taken(x, context.choices, n, list.starts, scratch);
  list_matches(
      x, n, [&](uint32_t i) { return resolve_choice<kPreset>(context, i); },
      list);
}

template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void optimal_pass(Exec& x, const Lz77Memory<kPreset, Index>& m,
                              const RepHistory& reps,
                              const ChoiceContext& context, uint32_t pass,
                              MatchList& list) {
  constexpr Preset kP = kPresetTable[kPreset];
  MatchList& last = *context.last;
  clear_counts(x, m.prices->counts);
  list_intervals<kP.reps>(x, m.data, m.n, reps, last, m.prices->counts);
  count_literals(x, m.data, m.n, m.parse.entries, m.prices->counts.literals);
  if (kP.lengths == MatchLengths::kFull && pass == 0) {
    expect_better_parse(x, last.count, m.prices->counts);
  }
  make_prices<kP.lengths>(x, *m.prices, m.n, context.period, *m.price_table);
  end_stage(Stage::kPrices);
  find_rep_lengths<kPreset>(x, m.data, m.n, last, *m.price_table, m.segments,
                            m.rep_lengths);
  end_stage(Stage::kRepLengths);
  const DpInput<kPreset> in{
      m.data,        m.n,        context.nearest,           context.longest,
      m.rep_lengths, m.segments, pass == 0 ? kP.window : 0, m.price_table};
  const uint32_t segments = (m.n + kDpSegment - 1) / kDpSegment;
  for (uint32_t wave = 0; wave < segments; wave += m.walk.columns) {
    begin_costs<kPreset>(x, m.walk, m.n, wave, m.segments, pass > 0);
    x.for_each(smaller(m.walk.columns, segments - wave), [&](uint32_t s) {
      const uint32_t base = (wave + s) * kDpSegment;
      if constexpr (kPresetTable[kPreset].lengths == MatchLengths::kFull) {
        FullWalk<kPreset>(in, m.walk, s, base).run(m.choices);
      } else {
        LightWalk<kPreset>(in, m.walk, s, base).run(m.choices);
      }
    });
    if (pass + 1 < kP.passes) {
      keep_costs<kPreset>(x, m.walk, m.n, wave, m.segments);
    }
  }
  end_stage(Stage::kWalk);
  follow_choices<kPreset>(x, context, m.n, m.parse, list);
  end_stage(Stage::kParse);
}

// The matches of the quick parse.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN MatchList find_matches_lazily(Exec& x,
                                          const Lz77Memory<kPreset, Index>& m) {
  constexpr Preset kP = kPresetTable[kPreset];
  static_assert(kP.table_count == 1 && kP.tables[0].depth == 1);
  const SearchPeriod<Exec, kP.period.samples> search(
      x, m.data, m.n, kP.period.share, *m.period);
  if (m.parse.parts != kWarpThreads) {  // a layout for large blocks
    insert_into_tables(x, m, search);
  } else if (has_long_table(m)) {
    insert_into_near_tables(x, m, search);
  } else {
    insert_grams<kP.tables[0].gram>(x, m.data, m.n, m.lane_order, m.table,
                                    m.previous, search);
  }
  const uint32_t period = search.found();
  end_stage(Stage::kInsert);
  MatchList list = m.lists[0];
  find_latest_matches(x, m, period, list.starts);
  end_stage(Stage::kSearch);
  parse_lazily(x, m, period, list.starts);
  list_matches(
      x, m.n,
      [&](uint32_t i) { return make_candidate(m.previous[i], m.lengths[i]); },
      list);
  end_stage(Stage::kParse);
  return list;
}

// The matches that the backward DP chooses, in its last pass.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN MatchList find_matches_optimally(
    Exec& x, const Lz77Memory<kPreset, Index>& m, const RepHistory& reps) {
  constexpr Preset kP = kPresetTable[kPreset];
  end_candidates(x, m);
  const SearchPeriod<Exec, kP.period.samples> search(
      x, m.data, m.n, kP.period.share, *m.period);
  search_tables<kPreset>(x, m, search);
  const uint32_t period = search.found();
  if constexpr (kP.slots == 1) {
    inherit_candidates<kPreset>(x, m);
  } else {
    complete_candidates<kPreset>(x, m);
    inherit_longest(x, m);
    propagate_candidates<kPreset>(x, m);
  }
  end_stage(Stage::kComplete);
  const uint32_t* nearest = m.nearest[1];
  const uint32_t* longest = m.longest[1];
  choose_greedily<kPreset>(x, m, period, nearest, longest);
  // The two lists change their roles by value: an index into them would hide
  // from the compiler which memory they are in.
  MatchList last = m.lists[0];
  MatchList list = m.lists[1];
  ChoiceContext context{m.choices,  nearest, longest,
                        m.segments, nullptr, period};
  follow_choices<kPreset>(x, context, m.n, m.parse, last);
  context.last = &last;
  end_stage(Stage::kGreedy);
  for (uint32_t pass = 0; pass < kP.passes; ++pass) {
    optimal_pass<kPreset>(x, m, reps, context, pass, list);
    const MatchList made = list;
    list = last;
    last = made;
  }
  return last;
}

// Sequences of the block m.data[0 .. m.n). `reps` is the state of the repcodes
// before the block, `after` becomes the one behind it.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN BlockSequences find_sequences(Exec& x,
                                          const Lz77Memory<kPreset, Index>& m,
                                          const RepHistory& reps,
                                          RepHistory& after) {
  constexpr Preset kP = kPresetTable[kPreset];
  const auto sequences_of = [&](MatchList list) {
    for (uint32_t round = kP.rep_rounds; round != 0; --round) {
      prefer_repcodes<kP.rep_group>(x, m.data, reps, list);
    }
    end_stage(Stage::kReplace);
    const BlockSequences sequences =
        emit_sequences(x, m.data, m.n, list, reps, *m.emit, m.out, after);
    end_stage(Stage::kEmit);
    return sequences;
  };
  if constexpr (kP.parse == Parse::kLazy) {
    return sequences_of(find_matches_lazily(x, m));
  } else {
    return sequences_of(find_matches_optimally(x, m, reps));
  }
}

}  // namespace gpu_zstd
