// The literals section of a block (RFC 8878, 3.1.1.3.1): planned first, so that
// its exact length is known, then written.
//
//   header | tree | jump table | stream 1 | stream 2 | stream 3 | stream 4
//
// A stream is written from its last literal to its first. Each thread owns
// neighbouring literals of one stream:
//
//   stream     l0 l1 l2 l3 l4 l5 l6 l7      thread 0: l7 l6   thread 1: l5 l4
//   bits       [l7 l6][l5 l4][l3 l2][l1 l0] 1               ^ stop bit
//
// and finds its place by a prefix sum of code lengths.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/device/huffman_code.h"
#include "gpu_codec/device/huffman_weights.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

inline constexpr uint32_t kMaxLiteralStreams = 4;
inline constexpr uint32_t kJumpTableBytes = 6;
// Literals that a thread looks up together.
inline constexpr uint32_t kLiteralGroup = 4;

struct LiteralsPlan {
  LiteralsType type;
  uint32_t section_bytes;
  uint32_t header_bytes;
  uint32_t streams;
  uint32_t share;  // literals of one thread
  TreePlan tree;
  uint32_t first_stream_byte;                     // from the section's begin
  uint32_t stream_bits[kMaxLiteralStreams + 1];   // sums before each stream
  uint32_t stream_bytes[kMaxLiteralStreams + 1];  // sums before each stream
};

// What the plan leaves for writing.
struct LiteralsShared {
  HuffmanCode code;
  HuffmanWeights weights;
  LiteralsPlan plan;
};

// A thread's literals [begin, end) of stream `stream`.
struct LiteralShare {
  uint32_t stream;
  uint32_t begin;
  uint32_t end;
};

GPU_ZSTD_FN uint32_t literals_in_stream(uint32_t streams, uint32_t n) {
  return streams == 1 ? n : (n + kMaxLiteralStreams - 1) / kMaxLiteralStreams;
}

// The literals of `thread`. No division, which a GPU has no instruction for.
GPU_ZSTD_FN LiteralShare literal_share(const LiteralsPlan& plan,
                                       uint32_t thread, uint32_t threads,
                                       uint32_t n) {
  const uint32_t length = literals_in_stream(plan.streams, n);
  const uint32_t in_stream =
      plan.streams == 1 ? threads : threads / kMaxLiteralStreams;
  uint32_t stream = 0;
  uint32_t first = 0;
  uint32_t index = thread;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 1; i < kMaxLiteralStreams; ++i) {
    if (index < in_stream) continue;
    ++stream;
    first += length;
    index -= in_stream;
  }
  const uint32_t last = stream + 1 == plan.streams ? n : first + length;
  const uint32_t skip = index * plan.share;
  const uint32_t end = last - first > skip ? last - skip : first;
  const uint32_t begin = end - first > plan.share ? end - plan.share : first;
  return {stream, begin, end};
}

// Bytes of the header of raw or RLE literals.
GPU_ZSTD_FN uint32_t plain_header_bytes(uint32_t n) {
  return n < 32 ? 1 : n < 4096 ? 2 : 3;
}

GPU_ZSTD_FN uint32_t huffman_header_bytes(uint32_t n) {
  return n < 1024 ? 3 : n < 16384 ? 4 : 5;
}

GPU_ZSTD_FN void plan_plain(LiteralsPlan& plan, LiteralsType type, uint32_t n) {
  plan.type = type;
  plan.header_bytes = plain_header_bytes(n);
  plan.section_bytes = plan.header_bytes + (type == LiteralsType::kRle ? 1 : n);
}

// Begins to plan `n` literals. One thread's work.
GPU_ZSTD_FN void begin_literals(LiteralsPlan& plan, uint32_t n,
                                uint32_t threads,
                                uint32_t single_stream_below) {
  plan_plain(plan, LiteralsType::kRaw, n);
  plan.streams = n < single_stream_below ? 1 : kMaxLiteralStreams;
  const uint32_t in_stream = threads / plan.streams;
  plan.share =
      (literals_in_stream(plan.streams, n) + in_stream - 1) / in_stream;
}

// Whether the code may save enough on `n` literals.
GPU_ZSTD_FN bool is_worth_coding(const HuffmanCodeShared& huffman,
                                 const HuffmanTry& code, uint32_t n) {
  return huffman.symbols > 1 && code.bits / 8 + min_literal_gain(n) < n;
}

// Notes that; section_bytes is what coded literals take at least. One thread's
// work.
GPU_ZSTD_FN void plan_coded(LiteralsPlan& plan,
                            const HuffmanCodeShared& huffman,
                            const HuffmanTry& code, bool coded, uint32_t n) {
  if (huffman.symbols == 1) plan_plain(plan, LiteralsType::kRle, n);
  if (!coded) return;
  plan.type = LiteralsType::kCompressed;
  plan.section_bytes = code.bits / 8;
}

// Bits of the thread's literals. Those behind the last count nothing: loads
// without conditions do not wait for each other.
GPU_ZSTD_FN uint32_t literal_bits(const LiteralsShared& s,
                                  const uint8_t* literals,
                                  const LiteralShare& share) {
  uint32_t bits = 0;
  GPU_ZSTD_NO_UNROLL
  for (uint32_t i = share.begin; i < share.end; i += kLiteralGroup) {
    uint32_t codes[kLiteralGroup];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLiteralGroup; ++k) {
      codes[k] = literals[i + k < share.end ? i + k : share.end - 1];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLiteralGroup; ++k) {
      codes[k] = s.code.codes[codes[k]];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLiteralGroup; ++k) {
      bits += i + k < share.end ? codes[k] >> kCodeLengthShift : 0;
    }
  }
  return bits;
}

// Notes where streams begin; `first_bit` is the thread's place among all.
GPU_ZSTD_FN void note_stream(LiteralsPlan& plan, uint32_t thread,
                             uint32_t threads, uint32_t first_bit) {
  const uint32_t in_stream =
      plan.streams == 1 ? threads : threads / kMaxLiteralStreams;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kMaxLiteralStreams; ++i) {
    if (i < plan.streams && thread == i * in_stream) {
      plan.stream_bits[i] = first_bit;
    }
  }
}

// Fills in the lengths when the tree and the streams' bits are known. Literals
// that are not worth decoding become raw. One thread's work.
GPU_ZSTD_FN void finish_literals(LiteralsPlan& plan, uint32_t n,
                                 const TreePlan& tree) {
  plan.tree = tree;
  plan.header_bytes = huffman_header_bytes(n);
  plan.first_stream_byte = plan.header_bytes + tree.bytes +
                           (plan.streams == 1 ? 0 : kJumpTableBytes);
  uint32_t bytes = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kMaxLiteralStreams; ++i) {
    if (i >= plan.streams) continue;
    plan.stream_bytes[i] = bytes;
    bytes += (plan.stream_bits[i + 1] - plan.stream_bits[i]) / 8 + 1;
    plan.stream_bytes[i + 1] = bytes;
  }
  plan.section_bytes = plan.first_stream_byte + bytes;
  if (tree.bytes == 0 ||
      plan.section_bytes + min_literal_gain(n) > plain_header_bytes(n) + n) {
    plan_plain(plan, LiteralsType::kRaw, n);
  }
}

// Writes the section's header and jump table. One thread's work.
template <class Exec>
GPU_ZSTD_FN void write_literals_header(const LiteralsPlan& plan, uint32_t n,
                                       uint32_t* words) {
  const uint32_t bytes = plan.header_bytes;
  const uint32_t type = static_cast<uint32_t>(plan.type);
  if (plan.type != LiteralsType::kCompressed) {
    const uint32_t format = bytes == 1 ? 0 : bytes == 2 ? 1 : 3;
    or_bytes<Exec>(words, 0, type | format << 2 | n << (bytes == 1 ? 3 : 4));
    return;
  }
  const uint32_t size_bits = 4 * bytes - 2;
  const uint64_t header = type | (plan.streams == 1 ? 0 : bytes - 2) << 2 |
                          static_cast<uint64_t>(n) << 4 |
                          static_cast<uint64_t>(plan.section_bytes - bytes)
                              << (4 + size_bits);
  or_bytes<Exec>(words, 0, static_cast<uint32_t>(header));
  or_bytes<Exec>(words, 4, static_cast<uint32_t>(header >> 32));
  if (plan.streams == 1) return;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i + 1 < kMaxLiteralStreams; ++i) {
    or_bytes<Exec>(words, plan.first_stream_byte - kJumpTableBytes + 2 * i,
                   plan.stream_bytes[i + 1] - plan.stream_bytes[i]);
  }
}

// Writes a thread's share of the streams of Huffman literals; `first_bit` is
// its place among all.
template <class Exec>
GPU_ZSTD_FN void write_literal_share(const LiteralsShared& s,
                                     const uint8_t* literals, uint32_t n,
                                     uint32_t thread, uint32_t threads,
                                     uint32_t first_bit, uint32_t* words) {
  const LiteralsPlan& plan = s.plan;
  const LiteralShare share = literal_share(plan, thread, threads, n);
  BitWriter<Exec> writer(
      words, 8 * (plan.first_stream_byte + plan.stream_bytes[share.stream]) +
                 first_bit - plan.stream_bits[share.stream]);
  GPU_ZSTD_NO_UNROLL
  for (uint32_t i = share.end; i > share.begin;) {
    uint32_t codes[kLiteralGroup];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLiteralGroup; ++k) {
      codes[k] = literals[i > share.begin + k ? i - 1 - k : share.begin];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLiteralGroup; ++k) {
      const uint32_t code = s.code.codes[codes[k]];
      codes[k] = i > share.begin + k ? code : 0;
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLiteralGroup; k += 2) {  // two take 22 bits
      const uint32_t bits = codes[k] >> kCodeLengthShift;
      const uint32_t mask = (1u << kCodeLengthShift) - 1;
      writer.put((codes[k] & mask) | (codes[k + 1] & mask) << bits,
                 bits + (codes[k + 1] >> kCodeLengthShift));
    }
    i = i > share.begin + kLiteralGroup ? i - kLiteralGroup : share.begin;
  }
  // The thread that has the stream's first literal ends it.
  const uint32_t first = share.stream * literals_in_stream(plan.streams, n);
  if (share.begin == first && share.end > share.begin) writer.put(1, 1);
  writer.flush();
}

// Writes a thread's part of the planned section into zeroed `words`, from their
// first byte on; `tree_bit` and `first_bit` are its places in the tree and
// among all streams.
template <class Exec>
GPU_ZSTD_FN void write_literals(const LiteralsShared& s,
                                const EntropyTables& tables,
                                const WeightChain& chain,
                                const uint8_t* literals, uint32_t n,
                                uint32_t thread, uint32_t threads,
                                uint32_t tree_bit, uint32_t first_bit,
                                uint32_t* words) {
  const LiteralsPlan& plan = s.plan;
  if (thread == 0) write_literals_header<Exec>(plan, n, words);
  if (plan.type != LiteralsType::kCompressed) {
    const uint32_t stored = plan.section_bytes - plan.header_bytes;
    for (uint32_t i = thread; i < stored; i += threads) {
      or_bytes<Exec>(words, plan.header_bytes + i, literals[i]);
    }
    return;
  }
  if (thread == leader_of(1, threads)) {
    write_tree_ends<Exec>(plan.tree, tables, chain, s.code.max_symbol, words,
                          plan.header_bytes);
  }
  write_tree_share<Exec>(plan.tree, tables, s.weights, s.code, thread, threads,
                         tree_bit, words, plan.header_bytes);
  write_literal_share<Exec>(s, literals, n, thread, threads, first_bit, words);
}

}  // namespace gpu_zstd
