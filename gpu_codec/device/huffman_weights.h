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
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_chain.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/device/huffman_code.h"

namespace gpu_zstd {

inline constexpr uint32_t kWeightStreams = 2;
inline constexpr uint32_t kMaxWeightsPerStream = kByteValues / kWeightStreams;
inline constexpr uint32_t kMaxDirectWeights = 128;
inline constexpr uint32_t kMaxTreeBytes = 1 + 127;
inline constexpr uint32_t kWeightLogs =
    kMaxHuffmanWeightLog - kMinFseLog + 1;  // all of them are tried

struct HuffmanTreeShared {
  uint32_t weight_counts[kMaxFseSymbols];
  // Stream 0 begins with the last weight, stream 1 with the one before it.
  uint8_t weights[kWeightStreams][kMaxWeightsPerStream];
  uint16_t entry_states[kWeightStreams][kMaxWeightsPerStream / kFseStateStride];
  FsePlan plans[kWeightLogs];
  FseTable table;
  FseTableShared table_scratch;
  FseChainShared<kWeightStreams> chain;
  FseStream streams[kWeightStreams];
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
GPU_ZSTD_FN void weight_fields(const HuffmanTreeShared& s, uint32_t group,
                               Put&& put) {
  uint32_t state[kWeightStreams] = {};
  const uint32_t begin = group * kFseStateStride;
  for (uint32_t t = begin; t < begin + kFseStateStride; ++t) {
    for (uint32_t c = 0; c < kWeightStreams; ++c) {
      if (t >= s.streams[c].count) continue;
      const uint32_t symbol = s.weights[c][t];
      if (t == 0) {
        state[c] = first_state(s.table, symbol);
        continue;
      }
      if (t == begin) state[c] = s.entry_states[c][group];
      const uint32_t before = state[c];
      const uint32_t bits =
          encode_fse_symbol(s.table, s.table.symbols[symbol], &state[c]);
      put(before & ((1u << bits) - 1), bits);
    }
  }
}

// Spreads the weights over the two streams and counts them.
template <class Exec>
GPU_ZSTD_FN void split_weights(Exec& x, HuffmanTreeShared& s,
                               const HuffmanCode& code) {
  const uint32_t count = code.max_symbol;
  x.for_each(kMaxFseSymbols, [&](uint32_t i) { s.weight_counts[i] = 0; });
  x.for_each(count, [&](uint32_t v) {
    const uint32_t weight = weight_of(code, v);
    const uint32_t place = count - 1 - v;
    s.weights[place % 2][place / 2] = static_cast<uint8_t>(weight);
    x.add(&s.weight_counts[weight], 1u);
  });
  x.for_each(kWeightStreams, [&](uint32_t c) {
    s.streams[c] = {&s.table, s.weights[c], (count + 1 - c) / 2,
                    s.entry_states[c]};
  });
}

// Writes the FSE form to `words` and returns its bytes; 0 if there is none or
// it is not below `limit`.
template <class Exec>
GPU_ZSTD_FN uint32_t write_fse_weights(Exec& x, HuffmanTreeShared& s,
                                       uint32_t count, uint32_t limit,
                                       uint32_t* words) {
  x.warps(kWeightLogs, [&](auto& warp, uint32_t task) {
    plan_fse(warp, s.plans[task], s.weight_counts, count, kMinFseLog + task);
  });
  static_assert(kWeightLogs == 2);
  const FsePlan& plan = s.plans[s.plans[1].cost < s.plans[0].cost ? 1 : 0];
  if (plan.cost == kNoPlan || count <= kWeightStreams) return 0;
  x.warps(1, [&](auto& warp, uint32_t) {
    begin_fse_table(warp, s.table_scratch, plan, s.table);
  });
  x.for_each(1u << plan.log, [&](uint32_t j) {
    mark_slot<Exec>(s.table_scratch, plan.log, j);
  });
  x.for_each(1u << plan.log,
             [&](uint32_t j) { place_slot(s.table_scratch, j, s.table); });
  find_fse_states(x, s.chain, s.streams);
  const uint32_t groups =
      (s.streams[0].count + kFseStateStride - 1) / kFseStateStride;
  typename Exec::template PerThread<uint32_t> position(x);
  x.phase([&](uint32_t thread) {
    if (thread >= groups) return;
    weight_fields(s, thread,
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
      weight_fields(s, thread, [&](uint32_t value, uint32_t width) {
        writer.put(value, width);
      });
      writer.flush();
    }
    if (thread == 0) {
      Exec::or_bits(&words[0], bytes - 1);
      // Decoders read the even places' state first, that is, from the end.
      const uint32_t even = count % 2 == 1 ? 0 : 1;
      const uint32_t mask = (1u << plan.log) - 1;
      BitWriter<Exec> writer(words, begin + bits);
      writer.put(s.chain.final_state[1 - even] & mask, plan.log);
      writer.put(s.chain.final_state[even] & mask, plan.log);
      writer.put(1, 1);
      writer.flush();
    }
  });
  return bytes;
}

// Writes the description of `code`.
template <class Exec>
GPU_ZSTD_FN void write_huffman_tree(Exec& x, HuffmanTreeShared& s,
                                    const HuffmanCode& code,
                                    HuffmanTree& tree) {
  const uint32_t count = code.max_symbol;
  x.for_each(kMaxTreeBytes / 4 + 2, [&](uint32_t i) { tree.words[i] = 0; });
  split_weights(x, s, code);
  const bool direct = count <= kMaxDirectWeights;
  const uint32_t direct_bytes = 1 + (count + 1) / 2;
  uint32_t bytes = write_fse_weights(
      x, s, count, direct ? direct_bytes : kNoPlan, tree.words);
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
