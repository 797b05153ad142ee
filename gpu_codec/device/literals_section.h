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

struct LiteralsPlan {
  LiteralsType type;
  uint32_t section_bytes;
  uint32_t header_bytes;
  uint32_t streams;
  uint32_t first_stream_byte;                     // from the section's begin
  uint32_t stream_bits[kMaxLiteralStreams + 1];   // sums before each stream
  uint32_t stream_bytes[kMaxLiteralStreams + 1];  // sums before each stream
};

// What the plan leaves for writing.
struct LiteralsShared {
  HuffmanCode code;
  HuffmanTree tree;
  LiteralsPlan plan;
};

// What only the first part of planning needs.
struct LiteralsScratch {
  HistogramShared histogram;
  uint32_t counts[kByteValues];
  HuffmanCodeShared code;
};

// A thread's literals [begin, end) of stream `stream`.
struct LiteralShare {
  uint32_t stream;
  uint32_t begin;
  uint32_t end;
};

GPU_ZSTD_FN LiteralShare literal_share(uint32_t thread, uint32_t threads,
                                       uint32_t streams, uint32_t n) {
  const uint32_t in_stream = threads / streams;
  const uint32_t stream = thread / in_stream;
  const uint32_t length = (n + streams - 1) / streams;
  const uint32_t first = stream * length;
  const uint32_t last = stream + 1 == streams ? n : first + length;
  const uint32_t share = (length + in_stream - 1) / in_stream;
  const uint32_t skip = thread % in_stream * share;
  const uint32_t end = last - first > skip ? last - skip : first;
  const uint32_t begin = end - first > share ? end - share : first;
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

// Fills in the lengths of the Huffman form when the tree and the streams' bits
// are known; false when it saves too little.
GPU_ZSTD_FN bool plan_huffman(LiteralsPlan& plan, uint32_t n,
                              uint32_t tree_bytes) {
  plan.type = LiteralsType::kCompressed;
  plan.header_bytes = huffman_header_bytes(n);
  plan.first_stream_byte = plan.header_bytes + tree_bytes +
                           (plan.streams == 4 ? kJumpTableBytes : 0);
  plan.stream_bytes[0] = 0;
  for (uint32_t i = 0; i < plan.streams; ++i) {
    const uint32_t bits = plan.stream_bits[i + 1] - plan.stream_bits[i];
    plan.stream_bytes[i + 1] = plan.stream_bytes[i] + bits / 8 + 1;
  }
  plan.section_bytes = plan.first_stream_byte + plan.stream_bytes[plan.streams];
  return tree_bytes > 0 &&
         plan.section_bytes + min_literal_gain(n) <= plain_header_bytes(n) + n;
}

// Finds each thread's first bit and the streams' lengths.
template <class Exec>
GPU_ZSTD_FN void place_literals(
    Exec& x, LiteralsShared& s, const uint8_t* literals, uint32_t n,
    typename Exec::template PerThread<uint32_t>& first_bit) {
  const uint32_t streams = s.plan.streams;
  const uint32_t threads = x.threads();
  x.phase([&](uint32_t thread) {
    const LiteralShare share = literal_share(thread, threads, streams, n);
    uint32_t bits = 0;
    for (uint32_t i = share.begin; i < share.end; ++i) {
      bits += s.code.codes[literals[i]] >> kCodeLengthShift;
    }
    first_bit[thread] = bits;
  });
  const uint32_t total = x.exclusive_sum(first_bit);
  x.phase([&](uint32_t thread) {
    const uint32_t in_stream = threads / streams;
    if (thread % in_stream == 0) {
      s.plan.stream_bits[thread / in_stream] = first_bit[thread];
    }
    if (thread == 0) s.plan.stream_bits[streams] = total;
  });
}

// Bits that the literals take with the code, without tree and headers.
template <class Exec>
GPU_ZSTD_FN uint32_t coded_bits(Exec& x, const uint32_t* counts,
                                const HuffmanCode& code) {
  typename Exec::template PerThread<uint32_t> bits(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t v = thread; v < kByteValues; v += x.threads()) {
      bits[thread] += counts[v] * code.lengths[v];
    }
  });
  return x.sum(bits);
}

// The first part of planning: raw or RLE literals are planned, and false is
// returned. Otherwise their code is made, to be described with the help of
// EntropyTables, and plan.section_bytes is what they take at least.
template <class Exec>
GPU_ZSTD_FN bool begin_literals(Exec& x, LiteralsShared& s,
                                LiteralsScratch& scratch,
                                const uint8_t* literals, uint32_t n) {
  x.single([&] { plan_plain(s.plan, LiteralsType::kRaw, n); });
  if (n < kMinHuffmanLiterals) return false;
  byte_histogram(x, scratch.histogram, literals, n, scratch.counts);
  sort_symbols(x, scratch.code, scratch.counts, s.code);
  if (s.code.symbols == 1) {
    x.single([&] { plan_plain(s.plan, LiteralsType::kRle, n); });
    return false;
  }
  build_huffman_code(x, scratch.code, s.code);
  const uint32_t bytes = coded_bits(x, scratch.counts, s.code) / 8;
  if (bytes + min_literal_gain(n) >= n) return false;
  x.single([&] { s.plan.section_bytes = bytes; });
  return true;
}

// The second part, when make_entropy_tables() has coded the weights; first_bit
// is each thread's place for write_literals(). x.threads() is a multiple of 4.
template <class Exec>
GPU_ZSTD_FN void finish_literals(
    Exec& x, LiteralsShared& s, const EntropyTables& tables,
    const uint8_t* literals, uint32_t n, uint32_t single_stream_below,
    typename Exec::template PerThread<uint32_t>& first_bit) {
  x.single([&] { s.plan.streams = n < single_stream_below ? 1 : 4; });
  write_huffman_tree(x, tables, s.code, s.tree);
  place_literals(x, s, literals, n, first_bit);
  x.single([&] {
    if (!plan_huffman(s.plan, n, s.tree.bytes)) {
      plan_plain(s.plan, LiteralsType::kRaw, n);
    }
  });
}

// Writes the section's header and, of the Huffman form, tree and jump table.
template <class Exec>
GPU_ZSTD_FN void write_literals_header(Exec& x, const LiteralsShared& s,
                                       uint32_t n, uint32_t* words) {
  const LiteralsPlan& plan = s.plan;
  const uint32_t type = static_cast<uint32_t>(plan.type);
  const bool huffman = plan.type == LiteralsType::kCompressed;
  x.single([&] {
    BitWriter<Exec> writer(words, 0);
    writer.put(type, 2);
    if (!huffman) {
      const uint32_t bytes = plan.header_bytes;
      writer.put(bytes == 1 ? 0 : bytes == 2 ? 1 : 3, bytes == 1 ? 1 : 2);
      writer.put(n, 8 * bytes - (bytes == 1 ? 3 : 4));
    } else {
      const uint32_t size_bits = 4 * plan.header_bytes - 2;
      const uint32_t format = plan.header_bytes - 2;  // 1, 2 or 3
      writer.put(plan.streams == 1 ? 0 : format, 2);
      writer.put(n, size_bits);
      writer.put(plan.section_bytes - plan.header_bytes, size_bits);
    }
    writer.flush();
  });
  if (!huffman) return;
  x.for_each(s.tree.bytes, [&](uint32_t i) {
    or_bytes<Exec>(words, plan.header_bytes + i,
                   s.tree.words[i / 4] >> (i % 4 * 8) & 0xFF);
  });
  if (plan.streams == 1) return;
  x.for_each(3, [&](uint32_t i) {
    or_bytes<Exec>(words, plan.first_stream_byte - kJumpTableBytes + 2 * i,
                   plan.stream_bytes[i + 1] - plan.stream_bytes[i]);
  });
}

// Writes the planned section into zeroed `words`, from their first byte on.
template <class Exec>
GPU_ZSTD_FN void write_literals(
    Exec& x, const LiteralsShared& s, const uint8_t* literals, uint32_t n,
    typename Exec::template PerThread<uint32_t>& first_bit, uint32_t* words) {
  const LiteralsPlan& plan = s.plan;
  write_literals_header(x, s, n, words);
  if (plan.type != LiteralsType::kCompressed) {
    const uint32_t stored = plan.section_bytes - plan.header_bytes;
    x.for_each(stored, [&](uint32_t i) {
      or_bytes<Exec>(words, plan.header_bytes + i, literals[i]);
    });
    return;
  }
  const uint32_t threads = x.threads();
  x.phase([&](uint32_t thread) {
    const LiteralShare share = literal_share(thread, threads, plan.streams, n);
    const uint32_t stream_bit =
        8 * (plan.first_stream_byte + plan.stream_bytes[share.stream]);
    BitWriter<Exec> writer(
        words, stream_bit + first_bit[thread] - plan.stream_bits[share.stream]);
    for (uint32_t i = share.end; i > share.begin; --i) {
      const uint32_t code = s.code.codes[literals[i - 1]];
      writer.put(code & ((1u << kCodeLengthShift) - 1),
                 code >> kCodeLengthShift);
    }
    // The thread that has the stream's first literal ends it.
    const uint32_t length = (n + plan.streams - 1) / plan.streams;
    if (share.begin == share.stream * length && share.end > share.begin) {
      writer.put(1, 1);
    }
    writer.flush();
  });
}

}  // namespace gpu_zstd
