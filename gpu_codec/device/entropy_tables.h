// The FSE tables and streams of one block, made side by side: those of the
// sequences and that of the Huffman weights. Most of these steps occupy few
// threads for long, so that four tables take hardly longer than one.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_chain.h"
#include "gpu_codec/device/fse_default_tables.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// Behind the tables of the sequences comes that of the weights, whose two
// streams come behind theirs.
inline constexpr uint32_t kWeights = kSequenceTables;
inline constexpr uint32_t kEntropyTables = kSequenceTables + 1;
inline constexpr uint32_t kWeightStreams = 2;
inline constexpr uint32_t kEntropyStreams = kSequenceTables + kWeightStreams;

enum class TableForm : uint32_t {
  kAbsent,  // no symbols, or none of the forms can hold them
  kPredefined,
  kOneSymbol,
  kOwn
};

struct EntropyTables {
  // Symbols of each table; filled in by who uses the table, 0 by
  // clear_entropy_tables().
  uint32_t totals[kEntropyTables];
  uint32_t counts[kEntropyTables][kMaxFseSymbols];
  FseStream streams[kEntropyStreams];

  TableForm forms[kEntropyTables];
  uint32_t chosen[kEntropyTables];  // whose header describes the table
  uint32_t default_costs[kSequenceTables];
  FsePlan plans[kEntropyTables][kFseLogTries];
  FseTable tables[kEntropyTables];
  union {  // in the order of their use
    uint32_t histogram[kCodeHistogramCopies][kSequenceTables][kMaxFseSymbols];
    FseTableShared table_scratch[kEntropyTables];
    FseChainShared<kSequenceTables, kWeightStreams> chain;
  };

  GPU_ZSTD_FN const FsePlan& plan(uint32_t table) const {
    return plans[table][chosen[table]];
  }
};

// Begins a block: no table is in use.
template <class Exec>
GPU_ZSTD_FN void clear_entropy_tables(Exec& x, EntropyTables& s) {
  x.for_each(kEntropyStreams, [&](uint32_t c) {
    s.streams[c].count = 0;
    if (c < kEntropyTables) s.totals[c] = 0;
  });
}

// The size to try for table `c`: the largest that can pay, then smaller ones.
GPU_ZSTD_FN uint32_t table_log(uint32_t c, uint32_t total, uint32_t smaller) {
  if (c == kWeights) {
    static_assert(kMaxHuffmanWeightLog - kMinFseLog + 1 == kFseLogTries);
    return kMaxHuffmanWeightLog - smaller;
  }
  const uint32_t largest =
      largest_fse_log(total, c == kOffsets ? kMaxOffsetLog : kMaxLitLengthLog);
  return largest < kMinFseLog + smaller ? kMinFseLog : largest - smaller;
}

// What table `c` costs in its predefined form.
template <class Exec>
GPU_ZSTD_FN void cost_default_table(Exec& x, EntropyTables& s, uint32_t c) {
  const FseTable& table = kDefaultTables[c];
  typename Exec::template PerThread<uint32_t> cost(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t i = thread; i < kMaxFseSymbols; i += x.threads()) {
      if (s.counts[c][i] == 0) continue;
      cost[thread] +=
          s.counts[c][i] * ((table.log << kQ8Shift) - log2_q8(table.slots[i]));
    }
  });
  const uint32_t sum = x.sum(cost);
  x.single([&] { s.default_costs[c] = sum + (table.log << kQ8Shift); });
}

// Chooses the cheapest form of table `c`.
GPU_ZSTD_FN void choose_table(EntropyTables& s, uint32_t c) {
  s.forms[c] = TableForm::kAbsent;
  s.chosen[c] = 0;
  if (s.totals[c] == 0) return;
  FsePlan* plans = s.plans[c];
  uint32_t cost = kNoPlan;
  if (c != kWeights) {
    s.forms[c] = TableForm::kPredefined;
    cost = s.default_costs[c];
  }
  for (uint32_t i = 0; i < kFseLogTries; ++i) {
    if (plans[i].cost >= cost) continue;
    s.forms[c] = TableForm::kOwn;
    cost = plans[i].cost;
    s.chosen[c] = i;
  }
  if (s.forms[c] == TableForm::kPredefined) plans[0].header_bytes = 0;
  if (c != kWeights && plans[0].symbols == 1 && cost >= 8u << kQ8Shift) {
    s.forms[c] = TableForm::kOneSymbol;
    const uint32_t low = plans[0].present[0];
    plans[0].header[0] =
        low != 0 ? highest_bit(low) : 32 + highest_bit(plans[0].present[1]);
    plans[0].header_bytes = 1;
  }
}

// Plans and chooses all tables that have symbols.
template <class Exec>
GPU_ZSTD_FN void plan_tables(Exec& x, EntropyTables& s) {
  constexpr uint32_t kTries = kEntropyTables * kFseLogTries;
  x.warps(kTries + kSequenceTables, [&](auto& warp, uint32_t task) {
    const uint32_t c = task < kTries ? task / kFseLogTries : task - kTries;
    if (s.totals[c] == 0) return;
    if (task >= kTries) {
      cost_default_table(warp, s, c);
      return;
    }
    const uint32_t smaller = task % kFseLogTries;
    plan_fse(warp, s.plans[c][smaller], s.counts[c], s.totals[c],
             table_log(c, s.totals[c], smaller));
  });
  x.for_each(kEntropyTables, [&](uint32_t c) { choose_table(s, c); });
}

// Calls f(table, slot) for every slot of every table of its own form.
template <class Exec, class F>
GPU_ZSTD_FN void for_each_slot(Exec& x, const EntropyTables& s, F&& f) {
  uint32_t begin[kEntropyTables + 1];
  begin[0] = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kEntropyTables; ++c) {
    const bool own = s.forms[c] == TableForm::kOwn;
    begin[c + 1] = begin[c] + (own ? 1u << s.plan(c).log : 0);
  }
  x.for_each(begin[kEntropyTables], [&](uint32_t i) {
    uint32_t c = 0;
    uint32_t first = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 1; k < kEntropyTables; ++k) {
      if (i >= begin[k]) {
        c = k;
        first = begin[k];
      }
    }
    f(c, i - first);
  });
}

// Builds the chosen tables.
template <class Exec>
GPU_ZSTD_FN void build_tables(Exec& x, EntropyTables& s) {
  x.warps(kEntropyTables, [&](auto& warp, uint32_t c) {
    if (s.forms[c] == TableForm::kOwn) {
      begin_fse_table(warp, s.table_scratch[c], s.plan(c), s.tables[c]);
    } else if (s.forms[c] == TableForm::kOneSymbol) {
      build_rle_table(warp, s.tables[c], s.plan(c).header[0]);
    } else if (s.forms[c] == TableForm::kPredefined) {
      copy_default_table(warp, c, s.tables[c]);
    }
  });
  for_each_slot(x, s, [&](uint32_t c, uint32_t j) {
    mark_slot<Exec>(s.table_scratch[c], s.tables[c].log, j);
  });
  for_each_slot(x, s, [&](uint32_t c, uint32_t j) {
    place_slot(s.table_scratch[c], j, s.tables[c]);
  });
}

// Makes the tables of all symbols counted and finds their streams' states. A
// stream whose table is absent is emptied.
template <class Exec>
GPU_ZSTD_FN void make_entropy_tables(Exec& x, EntropyTables& s) {
  plan_tables(x, s);
  x.for_each(kWeightStreams, [&](uint32_t i) {
    if (s.forms[kWeights] == TableForm::kAbsent) {
      s.streams[kSequenceTables + i].count = 0;
    }
  });
  build_tables(x, s);
  find_fse_states(x, s.chain, s.streams);
}

}  // namespace gpu_zstd
