// Plans the content of a compressed block: codes, tables and states of both
// sections, then the place of every bit.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/literals_section.h"
#include "gpu_codec/device/sequence_section.h"
#include "gpu_codec/device/sequences.h"
#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

struct BlockEncoderShared {
  LiteralsShared literals;
  EntropyTables tables;
  HuffmanCodeShared huffman;
  union {  // in the order of their use
    HuffmanScratch lengths;
    WeightTableScratch weights;
  };
  union {
    struct {
      CodeHistogram codes;
      HistogramShared literals;
    } counting;
    SequenceTableScratch making;
  };
  SequenceShared sequences;  // its end may be cut off
};

// A thread's first bits in the tree, the literals' streams and the sequences'
// stream, in one word so that one prefix sum finds all three.
struct BitPlaces {
  static constexpr uint32_t kTreeBits = 12;
  static constexpr uint32_t kLiteralBits = 22;
  static_assert(kMaxBlockBytes * kMaxHuffmanBits < 1u << kLiteralBits);
  static_assert(kByteValues * kMaxHuffmanWeightLog < 1u << kTreeBits);

  GPU_ZSTD_FN static uint64_t pack(uint32_t tree, uint32_t literals,
                                   uint32_t sequences) {
    return tree | static_cast<uint64_t>(literals) << kTreeBits |
           static_cast<uint64_t>(sequences) << (kTreeBits + kLiteralBits);
  }
  GPU_ZSTD_FN static uint32_t tree(uint64_t places) {
    return static_cast<uint32_t>(places) & ((1u << kTreeBits) - 1);
  }
  GPU_ZSTD_FN static uint32_t literals(uint64_t places) {
    return static_cast<uint32_t>(places >> kTreeBits) &
           ((1u << kLiteralBits) - 1);
  }
  GPU_ZSTD_FN static uint32_t sequences(uint64_t places) {
    return static_cast<uint32_t>(places >> (kTreeBits + kLiteralBits));
  }
};

// Counts literals, unless they are too few for a code, and codes of sequences.
template <class Exec>
GPU_ZSTD_FN void count_block(Exec& x, BlockEncoderShared& s,
                             const BlockSequences& in,
                             const SequenceScratch& scratch,
                             uint32_t single_stream_below) {
  const uint32_t threads = x.threads();
  uint32_t* counts = reinterpret_cast<uint32_t*>(&s.counting);
  uint32_t* lengths = reinterpret_cast<uint32_t*>(s.literals.code.lengths);
  x.for_each(sizeof(s.counting) / 4, [&](uint32_t i) {
    counts[i] = 0;
    if (i < kByteValues / 4) lengths[i] = 0;
    if (i == 0) {
      begin_literals(s.literals.plan, in.literal_bytes, threads,
                     single_stream_below);
    }
    if (i != kWarpThreads) return;  // another warp's
    clear_entropy_tables(s.tables);
    if (in.count == 0) return;
    begin_sequences(s.sequences, s.tables, in, threads, scratch);
  });
  x.phase([&](uint32_t thread) {
    // Sequences may lie in slow memory: the next one is on its way while this
    // one, or the literals, are counted.
    SequenceValues next = load_sequence(in, thread);
    const SequenceFields fields = s.sequences.fields;
    count_bytes<Exec>(s.counting.literals, in.literals, in.literal_bytes,
                      thread, threads);
    GPU_ZSTD_NO_UNROLL
    for (uint32_t t = thread; t < in.count; t += threads) {
      const SequenceValues values = next;
      next = load_sequence(in, t + threads);
      code_sequence<Exec>(fields, s.counting.codes, values, t);
    }
  });
  constexpr uint32_t kCodes = kSequenceTables * kMaxFseSymbols;
  x.for_each(kByteValues + kCodes, [&](uint32_t i) {
    if (i < kByteValues) {
      set_key(s.huffman, i, byte_count(s.counting.literals, i));
      return;
    }
    const uint32_t c = (i - kByteValues) / kMaxFseSymbols;
    const uint32_t code = i % kMaxFseSymbols;
    uint32_t sum = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t h = 0; h < kCodeHistogramCopies; ++h) {
      sum += s.counting.codes[h][c][code];
    }
    s.tables.counts[c][code] = sum;
  });
}

// Finds the lengths of the code of a block's literals, if they may be worth
// coding, and counts its weights. Called by half of the threads.
template <class Exec>
GPU_ZSTD_FN void make_code(Exec& x, BlockEncoderShared& s,
                           const BlockSequences& in) {
  HuffmanCodeShared& huffman = s.huffman;
  const uint32_t n = in.literal_bytes;
  const HuffmanLimits limits = huffman_limits(in.source_bytes);
  leave_out_tries(x, huffman, limits.count);
  x.warps(kValueGroups, [&](auto& warp, uint32_t group) {
    sort_group(warp, huffman, s.lengths.sums, group);
  });
  x.warps(kValueGroups, [&](auto& warp, uint32_t group) {
    rank_symbols(warp, huffman, s.lengths.sums, group);
  });
  count_logs(x, huffman, s.lengths.up_to);
  x.warps(limits.count, [&](auto& warp, uint32_t index) {
    try_code(warp, huffman, s.lengths.up_to, limits.longest, index);
  });
  const HuffmanTry& best = best_try(huffman);
  const bool coded = is_worth_coding(huffman, best, n);
  x.for_each(kByteValues, [&](uint32_t i) {
    if (i == 0) plan_coded(s.literals.plan, huffman, best, coded, n);
    if (!coded) return;
    set_length(huffman, best, s.literals.code, i);
    count_weight(huffman, best, s.literals.weights, s.tables, i);
  });
  end_stage(Stage::kCode);
}

// Makes the tables of the sequences or that of the weights, each by a warp, and
// beside the latter's plans the codes. Called by half of the threads.
template <class Exec>
GPU_ZSTD_FN void make_tables(Exec& x, BlockEncoderShared& s, bool weights) {
  const uint32_t first = weights ? kWeights : 0;
  const uint32_t tables = weights ? 1 : kSequenceTables;
  const uint32_t plans = tables * kFseLogTries;
  const uint32_t others = weights ? kValueGroups / 2 : 1;
  x.warps(plans + others, [&](auto& warp, uint32_t task) {
    if (task < plans) {
      const uint32_t c = task / kFseLogTries;
      const uint32_t smaller = task % kFseLogTries;
      plan_table(warp, s.tables,
                 weights ? s.weights.keys[smaller] : s.making.keys[c][smaller],
                 first + c, smaller);
    } else if (weights) {
      // Two groups each, for the later ones take longer.
      const uint32_t group = task - plans;
      GPU_ZSTD_NO_UNROLL
      for (uint32_t g : {group, kValueGroups - 1 - group}) {
        assign_codes(warp, best_try(s.huffman), s.literals.code, g);
        split_weights(warp, s.literals.weights, s.literals.code, g);
      }
    } else {
      GPU_ZSTD_NO_UNROLL
      for (uint32_t c = 0; c < kSequenceTables; ++c) {
        cost_default_table(warp, s.tables, c);
      }
    }
  });
  x.warps(tables, [&](auto& warp, uint32_t c) {
    build_table(warp, s.tables, weights ? s.weights.build : s.making.build(c),
                first + c);
  });
}

// Makes all tables, the code of the literals, and the states: what the literals
// need is made by one half of the threads, what the sequences need by the
// other. Returns false when it is clear that the block does not compress.
template <class Exec>
GPU_ZSTD_FN bool make_codes(Exec& x, BlockEncoderShared& s,
                            const BlockSequences& in) {
  const LiteralsPlan& plan = s.literals.plan;
  x.halves([&](auto& half, uint32_t h) {
    const bool literals = h == 0;
    if (literals) {
      if (in.literal_bytes < kMinHuffmanLiterals) return;
      make_code(half, s, in);
      if (plan.type != LiteralsType::kCompressed) return;
    } else if (in.count == 0) {
      return;
    }
    make_tables(half, s, literals);  // one copy of the machine code for both
    if (literals) {
      encode_weight_streams(half, s.weights.chain, s.tables.tables[kWeights],
                            s.tables.streams + kSequenceTables);
      end_stage(Stage::kTree);
    } else {
      encode_fse_streams(half, s.making.chain, s.tables.tables,
                         s.tables.streams);
    }
  });
  end_stage(Stage::kStates);
  // Only a parse with few matches fails here, and only sequences could save it.
  return plan.section_bytes + 2 * in.count < in.source_bytes;
}

// Finds each thread's places and the sections' lengths.
template <class Exec>
GPU_ZSTD_FN void place_bits(
    Exec& x, BlockEncoderShared& s, const BlockSequences& in,
    typename Exec::template PerThread<uint64_t>& places) {
  const uint32_t threads = x.threads();
  LiteralsPlan& plan = s.literals.plan;
  const bool coded = plan.type == LiteralsType::kCompressed;
  x.phase([&](uint32_t thread) {
    uint32_t tree = 0;
    uint32_t literals = 0;
    if (coded) {
      tree = weight_bits(s.tables, s.literals.weights, thread, threads);
      literals =
          literal_bits(s.literals, in.literals,
                       literal_share(plan, thread, threads, in.literal_bytes));
    }
    uint32_t sequences = 0;
    if (in.count > 0) {
      const SequencesPlan& part = s.sequences.plan;
      sequences = sequence_bits(s.sequences.fields, in,
                                sequence_share(part, thread, in.count),
                                sequence_share(part, thread + 1, in.count));
    }
    places[thread] = BitPlaces::pack(tree, literals, sequences);
  });
  const uint64_t total = x.exclusive_sum(places);
  if (coded) {
    x.phase([&](uint32_t thread) {
      note_stream(plan, thread, threads, BitPlaces::literals(places[thread]));
    });
  }
  x.single([&] {
    if (coded) {
      plan.stream_bits[plan.streams] = BitPlaces::literals(total);
      finish_literals(plan, in.literal_bytes,
                      plan_tree(s.tables, s.literals.code.max_symbol,
                                BitPlaces::tree(total)));
    }
    finish_sequences(s.sequences.plan, s.tables, in.count,
                     BitPlaces::sequences(total));
  });
}

// Plans both sections of a block; returns false, with a plan left undefined,
// when it is clear early that the block does not compress. `places` are each
// thread's for writing. x.threads() is a multiple of 4.
template <class Exec>
GPU_ZSTD_FN bool plan_block(
    Exec& x, BlockEncoderShared& s, const BlockSequences& in,
    const SequenceScratch& scratch, uint32_t single_stream_below,
    typename Exec::template PerThread<uint64_t>& places) {
  count_block(x, s, in, scratch, single_stream_below);
  end_stage(Stage::kCounts);
  if (!make_codes(x, s, in)) return false;
  place_bits(x, s, in, places);
  end_stage(Stage::kPlaces);
  return true;
}

// What plan_block() takes for a section by itself: it never gives up early.
GPU_ZSTD_FN BlockSequences section_alone(const BlockSequences& in) {
  BlockSequences alone = in;
  alone.source_bytes = 0xFFFFFFFFu;
  return alone;
}
GPU_ZSTD_FN BlockSequences literals_alone(const uint8_t* literals, uint32_t n) {
  BlockSequences in{};
  in.literals = literals;
  in.literal_bytes = n;
  return section_alone(in);
}
GPU_ZSTD_FN BlockSequences sequences_alone(const BlockSequences& in) {
  BlockSequences alone = section_alone(in);
  alone.literal_bytes = 0;
  return alone;
}

}  // namespace gpu_zstd
