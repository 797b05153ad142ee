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

inline constexpr uint32_t kMaxWeightsPerStream = kByteValues / kWeightStreams;
inline constexpr uint32_t kMaxDirectWeights = 128;
inline constexpr uint32_t kMaxTreeBytes = 1 + 127;
static_assert(kMaxWeightsPerStream <= kMaxSmallStream);

struct HuffmanWeights {
  // Stream 0 begins with the last weight, stream 1 with the one before it.
  uint8_t weights[kWeightStreams][kMaxWeightsPerStream];
  uint16_t entry_states[kWeightStreams][kMaxWeightsPerStream / kFseStateStride];
};

// A written description.
struct HuffmanTree {
  uint32_t words[kMaxTreeBytes / 4 + 2];
  uint32_t bytes;  // 0: the code cannot be described
};

GPU_ZSTD_FN uint32_t weight_of(const HuffmanCode& code, uint32_t value) {
  const uint32_t length = code.lengths[value];
  return length > 0 ? code.max_bits + 1 - length : 0;
}

// Calls put(value, bits) for the FSE fields of four places of both streams.
template <class Put>
GPU_ZSTD_FN void weight_fields(const EntropyTables& tables, uint32_t group,
                               Put&& put) {
  const FseTable& table = tables.tables[kWeights];
  uint32_t state[kWeightStreams] = {};
  const uint32_t begin = group * kFseStateStride;
  for (uint32_t t = begin; t < begin + kFseStateStride; ++t) {
    GPU_ZSTD_UNROLL
    for (uint32_t c = 0; c < kWeightStreams; ++c) {
      const FseStream& stream = tables.streams[kSequenceTables + c];
      if (t >= stream.count) continue;
      const uint32_t symbol = stream.symbols[t];
      if (t == 0) {
        state[c] = first_state(table, symbol);
        continue;
      }
      if (t == begin) state[c] = stream.entry_states[group];
      const uint32_t before = state[c];
      const uint32_t bits =
          encode_fse_symbol(table, table.symbols[symbol], &state[c]);
      put(before & ((1u << bits) - 1), bits);
    }
  }
}

// Spreads the weights over the two streams and counts them: what
// make_entropy_tables() needs. A description of so few weights that a decoder
// could not tell the streams apart has no FSE form.
template <class Exec>
GPU_ZSTD_FN void split_weights(Exec& x, HuffmanWeights& s,
                               const HuffmanCode& code, EntropyTables& tables) {
  const uint32_t count = code.max_symbol;
  if (count <= kWeightStreams) return;
  x.for_each(kMaxFseSymbols,
             [&](uint32_t i) { tables.counts[kWeights][i] = 0; });
  x.for_each(count, [&](uint32_t v) {
    const uint32_t weight = weight_of(code, v);
    const uint32_t place = count - 1 - v;
    s.weights[place % 2][place / 2] = static_cast<uint8_t>(weight);
    x.add(&tables.counts[kWeights][weight], 1u);
  });
  x.single([&] {
    tables.totals[kWeights] = count;
    GPU_ZSTD_UNROLL
    for (uint32_t c = 0; c < kWeightStreams; ++c) {
      tables.streams[kSequenceTables + c] = {&tables.tables[kWeights],
                                             s.weights[c], (count + 1 - c) / 2,
                                             s.entry_states[c]};
    }
  });
}

// Writes the FSE form to `words` and returns its bytes; 0 if there is none or
// it is not below `limit`.
template <class Exec>
GPU_ZSTD_FN uint32_t write_fse_weights(Exec& x, const EntropyTables& tables,
                                       uint32_t count, uint32_t limit,
                                       uint32_t* words) {
  if (tables.totals[kWeights] == 0 ||
      tables.forms[kWeights] == TableForm::kAbsent) {
    return 0;
  }
  const FsePlan& plan = tables.plan(kWeights);
  const uint32_t groups =
      (tables.streams[kSequenceTables].count + kFseStateStride - 1) /
      kFseStateStride;
  typename Exec::template PerThread<uint32_t> position(x);
  x.phase([&](uint32_t thread) {
    if (thread >= groups) return;
    weight_fields(tables, thread,
                  [&](uint32_t, uint32_t bits) { position[thread] += bits; });
  });
  const uint32_t bits = x.exclusive_sum(position);
  const uint32_t stream_bytes = (bits + 2 * plan.log) / 8 + 1;
  const uint32_t bytes = 1 + plan.header_bytes + stream_bytes;
  if (bytes >= limit || bytes > kMaxTreeBytes) return 0;
  const uint32_t begin = 8 * (1 + plan.header_bytes);
  x.phase([&](uint32_t thread) {
    if (thread < plan.header_bytes) {
      or_bytes<Exec>(words, 1 + thread,
                     plan.header[thread / 4] >> (thread % 4 * 8) & 0xFF);
    }
    if (thread < groups) {
      BitWriter<Exec> writer(words, begin + position[thread]);
      weight_fields(tables, thread, [&](uint32_t value, uint32_t width) {
        writer.put(value, width);
      });
      writer.flush();
    }
    if (thread != 0) return;
    Exec::or_bits(&words[0], bytes - 1);
    // Decoders read the even places' state first, that is, from the end.
    const uint32_t even = kSequenceTables + (count % 2 == 1 ? 0 : 1);
    const uint32_t odd = 2 * kSequenceTables + 1 - even;
    const uint32_t mask = (1u << plan.log) - 1;
    BitWriter<Exec> writer(words, begin + bits);
    writer.put(tables.chain.final_state[odd] & mask, plan.log);
    writer.put(tables.chain.final_state[even] & mask, plan.log);
    writer.put(1, 1);
    writer.flush();
  });
  return bytes;
}

// Writes the description of `code`.
template <class Exec>
GPU_ZSTD_FN void write_huffman_tree(Exec& x, const EntropyTables& tables,
                                    const HuffmanCode& code,
                                    HuffmanTree& tree) {
  const uint32_t count = code.max_symbol;
  x.for_each(kMaxTreeBytes / 4 + 2, [&](uint32_t i) { tree.words[i] = 0; });
  const bool direct = count <= kMaxDirectWeights;
  const uint32_t direct_bytes = 1 + (count + 1) / 2;
  uint32_t bytes = write_fse_weights(
      x, tables, count, direct ? direct_bytes : kNoPlan, tree.words);
  if (bytes == 0 && direct) {
    x.for_each(count, [&](uint32_t v) {
      or_bytes<Exec>(tree.words, 1 + v / 2,
                     weight_of(code, v) << (v % 2 == 0 ? 4 : 0));
    });
    x.single([&] { tree.words[0] |= 127 + count; });
    bytes = direct_bytes;
  }
  x.single([&] { tree.bytes = bytes; });
}

}  // namespace gpu_zstd
