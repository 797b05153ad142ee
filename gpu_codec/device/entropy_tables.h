// The FSE tables and streams of one block: those of the sequences and that of
// the Huffman weights. A table is made by one warp, for most steps depend on
// the one before and occupy few threads.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_chain.h"
#include "gpu_codec/device/fse_default_tables.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/device/fse_short_chain.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// Behind the tables of the sequences comes that of the weights, whose two
// streams come behind theirs.
inline constexpr uint32_t kWeights = kSequenceTables;
inline constexpr uint32_t kEntropyTables = kSequenceTables + 1;
inline constexpr uint32_t kEntropyStreams = kSequenceTables + kWeightStreams;

enum class TableForm : uint32_t {
  kAbsent,  // no symbols, or none of the forms can hold them
  kPredefined,
  kOneSymbol,
  kOwn
};

struct EntropyTables {
  // Symbols of each table, 0 for one that is not in use; filled in by who uses
  // the table, as are their counts.
  uint32_t totals[kEntropyTables];
  TableLogs logs;  // of the sequences' tables at most
  FseStream streams[kEntropyStreams];

  TableForm forms[kEntropyTables];
  uint32_t chosen[kEntropyTables];  // whose header describes the table
  uint32_t default_costs[kSequenceTables];
  FsePlan plans[kEntropyTables][kFseLogTries];
  FseTable tables[kEntropyTables];
  uint32_t counts[kEntropyTables][kMaxFseSymbols];

  GPU_ZSTD_FN const FsePlan& plan(uint32_t table) const {
    return plans[table][chosen[table]];
  }
};

using FseKeys = WordQuad[kMaxFseSymbols / 4];
using SequenceChain =
    FseChainShared<kSequenceTables, kMaxFseCuts, kMaxFseTasks>;

// Scratch to make tables: first plans, then tables, last the streams' states.
union SequenceTableScratch {
  static constexpr uint32_t kLongest = FseTableScratch::bytes(kMaxLitLengthLog);
  static_assert(kMaxMatchLengthLog == kMaxLitLengthLog);
  FseKeys keys[kSequenceTables][kFseLogTries];
  alignas(
      16) uint8_t builds[2 * kLongest + FseTableScratch::bytes(kMaxOffsetLog)];
  SequenceChain chain;

  // Where table `c` is built: that of the offsets, the second, is the shortest.
  GPU_ZSTD_FN uint8_t* build(uint32_t c) {
    static_assert(kOffsets == 1);
    return builds + (c < 2 ? c * kLongest : sizeof(builds) - kLongest);
  }
};
union WeightTableScratch {
  FseKeys keys[kFseLogTries];
  alignas(16) uint8_t build[FseTableScratch::bytes(kMaxHuffmanWeightLog)];
  WeightChain chain;
};

// Begins a block: no table is in use. One thread's work.
GPU_ZSTD_FN void clear_entropy_tables(EntropyTables& s) {
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kEntropyStreams; ++c) {
    s.streams[c] = {c < kEntropyTables ? c : kWeights, 0, nullptr};
    if (c < kEntropyTables) s.totals[c] = 0;
  }
}

// The size to try for table `c` with `total` symbols: the largest that can pay,
// then smaller ones.
GPU_ZSTD_FN uint32_t table_log(const TableLogs& logs, uint32_t c,
                               uint32_t total, uint32_t smaller) {
  if (c == kWeights) {
    static_assert(kMaxHuffmanWeightLog - kMinFseLog + 1 == kFseLogTries);
    return kMaxHuffmanWeightLog - smaller;
  }
  const uint32_t most = c == kLitLengths ? logs.lit_lengths
                        : c == kOffsets  ? logs.offsets
                                         : logs.match_lengths;
  const uint32_t largest = largest_fse_log(total, most);
  return largest < kMinFseLog + smaller ? kMinFseLog : largest - smaller;
}

// What table `c` costs in its predefined form. Called by one warp.
template <class Exec>
GPU_ZSTD_FN void cost_default_table(Exec& x, EntropyTables& s, uint32_t c) {
  const FseTable& table = kDefaultTables[c];
  const uint32_t* counts = s.counts[c];
  typename Exec::template PerThread<uint32_t> cost(x);
  x.phase([&](uint32_t thread) {
    GPU_ZSTD_UNROLL
    for (uint32_t i = thread; i < kMaxFseSymbols; i += kWarpThreads) {
      const uint32_t slots = table.slots[i];
      if (counts[i] == 0) continue;
      cost[thread] += counts[i] * ((table.log << kQ8Shift) - log2_q8(slots));
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

// Plans table `c` with size number `smaller`. Called by one warp.
template <class Exec>
GPU_ZSTD_FN void plan_table(Exec& x, EntropyTables& s, FseKeys& keys,
                            uint32_t c, uint32_t smaller) {
  const uint32_t total = s.totals[c];
  if (total == 0) return;
  plan_fse(x, s.plans[c][smaller], keys, s.counts[c], total,
           table_log(s.logs, c, total, smaller));
}

// Chooses and makes table `c`, in scratch for its largest size. A stream whose
// table is absent is emptied. Called by one warp.
template <class Exec>
GPU_ZSTD_FN void build_table(Exec& x, EntropyTables& s, uint8_t* scratch,
                             uint32_t c) {
  x.single([&] {
    choose_table(s, c);
    if (c != kWeights || s.forms[c] != TableForm::kAbsent) return;
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kWeightStreams; ++i) {
      s.streams[kSequenceTables + i].count = 0;
    }
  });
  if (s.forms[c] == TableForm::kOwn) {
    build_fse_table(x, scratch, s.plan(c), s.tables[c]);
  } else if (s.forms[c] == TableForm::kOneSymbol) {
    build_rle_table(x, s.tables[c], s.plan(c).header[0]);
  } else if (s.forms[c] == TableForm::kPredefined) {
    copy_default_table(x, c, s.tables[c]);
  }
}

}  // namespace gpu_zstd
