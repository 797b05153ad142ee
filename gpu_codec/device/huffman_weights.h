// Describes a Huffman code (RFC 8878, 4.2.1): the weight of every byte value up
// to the last but one that occurs, as nibbles or coded by FSE, whichever is
// smaller.
//
// The FSE form interleaves two streams that share a table: even places, odd
// places. Both are encoded from their end; a decoder stops when it runs out of
// bits, so the last symbol of either stream writes none.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/entropy_tables.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/huffman_code.h"

namespace gpu_zstd {

inline constexpr uint32_t kMaxDirectWeights = 128;
inline constexpr uint32_t kMaxTreeBytes = 1 + 127;
static_assert(kMaxWeightsPerStream == kByteValues / kWeightStreams);

struct HuffmanWeights {
  // Stream 0 begins with the last weight, stream 1 with the one before it.
  alignas(16) uint16_t fields[kWeightStreams][kMaxWeightsPerStream];
};

// How a code is described.
struct TreePlan {
  uint32_t bytes;  // 0: the code cannot be described
  bool fse;
  uint32_t stream_bits;  // of the FSE form, without final states and stop bit
};

GPU_ZSTD_FN uint32_t weight_of(const HuffmanCode& code, uint32_t value) {
  const uint32_t length = code.lengths[value];
  return length > 0 ? code.max_bits + 1 - length : 0;
}

// Counts weight number `weight` of the code `t` and tells the weights' streams
// where they are: what planning their table needs. A description of so few
// weights that a decoder could not tell the streams apart has no FSE form.
GPU_ZSTD_FN void count_weight(const HuffmanCodeShared& huffman,
                              const HuffmanTry& t, HuffmanWeights& s,
                              EntropyTables& tables, uint32_t weight) {
  const uint32_t count = huffman.max_symbol;
  if (count <= kWeightStreams || weight >= kMaxFseSymbols) return;
  const uint32_t max_bits = length_of_rank(t, 0);
  uint32_t values = 0;
  if (weight == 0) {
    values = count + 1 - huffman.symbols;
  } else if (weight <= max_bits) {
    const uint32_t length = max_bits + 1 - weight;
    const bool of_last = length == length_of_rank(t, huffman.rank_of_max);
    values = t.longer[length] - t.longer[length + 1] -
             (of_last ? 1 : 0);  // the largest value is not described
  }
  tables.counts[kWeights][weight] = values;
  if (weight == 0) tables.totals[kWeights] = count;
  if (weight >= kWeightStreams) return;
  tables.streams[kSequenceTables + weight] = {
      kWeights, (count + 1 - weight) / 2, s.fields[weight]};
}

// Spreads the weights of the values of group `group` over the two streams.
// Called by one warp.
template <class Exec>
GPU_ZSTD_FN void split_weights(Exec& x, HuffmanWeights& s,
                               const HuffmanCode& code, uint32_t group) {
  x.phase([&](uint32_t thread) {
    const uint32_t v = group * kWarpThreads + thread;
    if (v >= code.max_symbol) return;
    const uint32_t place = code.max_symbol - 1 - v;
    s.fields[place % 2][place / 2] = static_cast<uint16_t>(weight_of(code, v));
  });
}

// Calls f(field) for what both streams write at the places of one thread.
template <class F>
GPU_ZSTD_FN void weight_share(const EntropyTables& tables,
                              const HuffmanWeights& s, uint32_t thread,
                              uint32_t threads, F&& f) {
  const uint32_t count = tables.streams[kSequenceTables].count;
  const uint32_t share = threads >= kMaxWeightsPerStream
                             ? 1
                             : (kMaxWeightsPerStream + threads - 1) / threads;
  GPU_ZSTD_NO_UNROLL
  for (uint32_t t = thread * share; t < thread * share + share; ++t) {
    if (t >= count) return;
    f(s.fields[0][t]);
    // The second stream is as long or one shorter.
    if (t < tables.streams[kSequenceTables + 1].count) f(s.fields[1][t]);
  }
}

// Bits of a thread's places.
GPU_ZSTD_FN uint32_t weight_bits(const EntropyTables& tables,
                                 const HuffmanWeights& s, uint32_t thread,
                                 uint32_t threads) {
  uint32_t bits = 0;
  weight_share(tables, s, thread, threads,
               [&](uint32_t field) { bits += field_bits(field); });
  return bits;
}

// Chooses the form of the description when the FSE form's bits are known. One
// thread's work.
GPU_ZSTD_FN TreePlan plan_tree(const EntropyTables& tables, uint32_t count,
                               uint32_t stream_bits) {
  const uint32_t direct = count <= kMaxDirectWeights ? 1 + (count + 1) / 2 : 0;
  if (tables.totals[kWeights] > 0 &&
      tables.forms[kWeights] != TableForm::kAbsent) {
    const FsePlan& plan = tables.plan(kWeights);
    const uint32_t bytes =
        2 + plan.header_bytes + (stream_bits + 2 * plan.log) / 8;
    if (bytes <= kMaxTreeBytes && (direct == 0 || bytes < direct)) {
      return {bytes, true, stream_bits};
    }
  }
  return {direct, false, 0};
}

// Writes a thread's part of the description from byte `byte` of `words` on;
// `first_bit` is its place in the FSE form.
template <class Exec>
GPU_ZSTD_FN void write_tree_share(const TreePlan& tree,
                                  const EntropyTables& tables,
                                  const HuffmanWeights& s,
                                  const HuffmanCode& code, uint32_t thread,
                                  uint32_t threads, uint32_t first_bit,
                                  uint32_t* words, uint32_t byte) {
  const uint32_t count = code.max_symbol;
  if (!tree.fse) {
    for (uint32_t v = thread; v < count; v += threads) {
      or_bytes<Exec>(words, byte + 1 + v / 2,
                     weight_of(code, v) << (v % 2 == 0 ? 4 : 0));
    }
    return;
  }
  const FsePlan& plan = tables.plan(kWeights);
  for (uint32_t i = thread; i < plan.header_bytes; i += threads) {
    or_bytes<Exec>(words, byte + 1 + i, header_byte(plan, i));
  }
  BitWriter<Exec> writer(words, 8 * (byte + 1 + plan.header_bytes) + first_bit);
  weight_share(tables, s, thread, threads, [&](uint32_t field) {
    writer.put(field_value(field), field_bits(field));
  });
  writer.flush();
}

// Writes what one thread can write alone: length, final states, stop bit.
template <class Exec>
GPU_ZSTD_FN void write_tree_ends(const TreePlan& tree,
                                 const EntropyTables& tables,
                                 const WeightChain& chain, uint32_t count,
                                 uint32_t* words, uint32_t byte) {
  or_bytes<Exec>(words, byte, tree.fse ? tree.bytes - 1 : 127 + count);
  if (!tree.fse) return;
  const FsePlan& plan = tables.plan(kWeights);
  // Decoders read the even places' state first, that is, from the end.
  const uint32_t even = count % 2 == 1 ? 0 : 1;
  const uint32_t odd = 1 - even;
  const uint32_t mask = (1u << plan.log) - 1;
  BitWriter<Exec> writer(words,
                         8 * (byte + 1 + plan.header_bytes) + tree.stream_bits);
  writer.put((chain.final_state[odd] & mask) |
                 (chain.final_state[even] & mask) << plan.log |
                 1u << (2 * plan.log),
             2 * plan.log + 1);
  writer.flush();
}

}  // namespace gpu_zstd
