// FSE by itself, for any bytes: a prepared table set (the context), and blocks
// of symbols coded with it in many short streams, one a thread.
//
//   block   words of stream 0, 1, … (16 bits each) | stream 0 | stream 1 | …
//   stream  bits of symbol n-2, n-3, … 0 | final state | 1 | zeros to a word
//
// A stream is written from its last symbol and read from its end, as in zstd;
// here it fills whole words, so that no two threads write the same one.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/device/words.h"

namespace gpu_zstd {

inline constexpr uint32_t kFseContextLog = 11;
inline constexpr uint32_t kFseContextSlots = 1u << kFseContextLog;
inline constexpr uint32_t kFseStreamSymbols = 512;
inline constexpr uint32_t kFseBlockStreams = 256;
inline constexpr uint32_t kFseBlockSymbols =
    kFseStreamSymbols * kFseBlockStreams;
// Symbols that are read or written at once.
inline constexpr uint32_t kFseGroup = 16;

// Tables to encode and decode with, for the symbols of one alphabet.
struct FseEncoderTable {
  FseSymbol symbols[kByteValues];
  uint16_t next_state[kFseContextSlots];
};
struct FseContext {
  FseEncoderTable encoder;
  // Of each state: symbol | bits << 8 | baseline << 16.
  uint32_t cells[kFseContextSlots];
};

struct FseContextShared {
  HistogramShared histogram;
  uint32_t counts[kByteValues];
  uint32_t norm[kByteValues];
  WordQuad keys[kByteValues / 4];
  uint32_t first_slot[kByteValues + 1];
  uint32_t next_rank[kByteValues];
  uint8_t owners[kFseContextSlots];
};

struct alignas(16) SymbolGroup {
  uint8_t symbol[kFseGroup];
};

// Streams of a block of `n` symbols.
GPU_ZSTD_HOST_FN constexpr uint32_t fse_streams(uint32_t n) {
  return (n + kFseStreamSymbols - 1) / kFseStreamSymbols;
}

// Words of the streams' lengths, which begin a block of `n` symbols.
GPU_ZSTD_HOST_FN constexpr uint32_t fse_index_words(uint32_t n) {
  return (fse_streams(n) + 1) / 2;
}

// The most words a block of `n` symbols takes.
GPU_ZSTD_HOST_FN constexpr uint32_t fse_block_words(uint32_t n) {
  constexpr uint32_t kStreamWords =
      ((kFseStreamSymbols + 1) * kFseContextLog + 1 + 31) / 32;
  return fse_index_words(n) + fse_streams(n) * kStreamWords;
}

// Makes the context of the alphabet 0 .. alphabet - 1 with the frequencies of a
// sample of `n` <= 65536 of its symbols. Every symbol gets a slot, so that the
// context can encode any of them.
template <class Exec>
GPU_ZSTD_FN void build_fse_context(Exec& x, FseContextShared& s,
                                   const uint8_t* sample, uint32_t n,
                                   uint32_t alphabet, FseContext& context) {
  byte_histogram(x, s.histogram, sample, n, s.counts);
  x.for_each(kByteValues, [&](uint32_t v) {
    s.counts[v] = v < alphabet ? s.counts[v] + 1 : 0;
  });
  normalize_counts<kByteValues>(x, s.norm, s.keys, s.counts, alphabet,
                                n + alphabet, kFseContextLog);
  x.for_each(kByteValues, [&](uint32_t v) {
    s.first_slot[v] = s.norm[v];
    s.next_rank[v] = 0;
  });
  prefix_sum_array(x, s.first_slot, kByteValues);
  x.for_each(kByteValues, [&](uint32_t v) {
    const uint32_t slots = s.norm[v];
    if (slots == 0) return;
    context.encoder.symbols[v] =
        make_fse_symbol(kFseContextLog, slots, s.first_slot[v]);
    for (uint32_t j = s.first_slot[v]; j < s.first_slot[v] + slots; ++j) {
      s.owners[slot_position(j, kFseContextLog)] = static_cast<uint8_t>(v);
    }
  });
  x.single([&] {
    for (uint32_t p = 0; p < kFseContextSlots; ++p) {
      const uint32_t v = s.owners[p];
      const uint32_t rank = s.next_rank[v]++;
      const uint32_t state = s.norm[v] + rank;
      const uint32_t bits = kFseContextLog - highest_bit(state);
      context.encoder.next_state[s.first_slot[v] + rank] =
          static_cast<uint16_t>(kFseContextSlots + p);
      context.cells[p] =
          v | bits << 8 | ((state << bits) - kFseContextSlots) << 16;
    }
  });
}

// Calls put(value, bits) for a stream's symbols from the last but one to the
// first and returns the final state.
template <class Put>
GPU_ZSTD_FN uint32_t encode_fse_stream(const FseEncoderTable& table,
                                       const uint8_t* symbols, uint32_t n,
                                       Put&& put) {
  const SymbolGroup* groups = reinterpret_cast<const SymbolGroup*>(symbols);
  uint32_t state = 0;
  for (uint32_t g = (n + kFseGroup - 1) / kFseGroup; g-- > 0;) {
    SymbolGroup group;
    if ((g + 1) * kFseGroup <= n) {
      group = groups[g];
    } else {
      GPU_ZSTD_UNROLL
      for (uint32_t i = 0; i < kFseGroup; ++i) {
        const uint32_t at = g * kFseGroup + i;
        group.symbol[i] = at < n ? symbols[at] : 0;
      }
    }
    GPU_ZSTD_UNROLL
    for (uint32_t i = kFseGroup; i-- > 0;) {
      const uint32_t at = g * kFseGroup + i;
      if (at >= n) continue;
      const FseSymbol symbol = table.symbols[group.symbol[i]];
      uint32_t bits = 0;
      if (at + 1 < n) {
        bits = symbol.bits_from(state);
        put(state & ((1u << bits) - 1), bits);
      } else {
        // The first state of the symbol: one that shifts to its slot count.
        bits = (symbol.delta_bits() + 0x8000) >> 16;
        state = (bits << 16) - symbol.delta_bits();
      }
      state = table.next_state[static_cast<int32_t>(state >> bits) +
                               symbol.delta_state()];
    }
  }
  return state;
}

// Encodes a block of n <= kFseBlockSymbols symbols, aligned to 16 bytes, with
// kFseBlockStreams threads; returns the words it took.
template <class Exec>
GPU_ZSTD_FN uint32_t encode_fse_block(Exec& x, const FseEncoderTable& table,
                                      const uint8_t* symbols, uint32_t n,
                                      uint32_t* out) {
  typename Exec::template PerThread<uint32_t> first_word(x);
  typename Exec::template PerThread<uint32_t> words(x);
  const auto length = [&](uint32_t stream) {
    const uint32_t begin = stream * kFseStreamSymbols;
    const uint32_t left = begin < n ? n - begin : 0;
    return left < kFseStreamSymbols ? left : kFseStreamSymbols;
  };
  x.phase([&](uint32_t thread) {
    if (length(thread) == 0) return;
    uint32_t bits = kFseContextLog + 1;
    encode_fse_stream(table, symbols + thread * kFseStreamSymbols,
                      length(thread),
                      [&](uint32_t, uint32_t width) { bits += width; });
    words[thread] = first_word[thread] = (bits + 31) / 32;
  });
  const uint32_t index = fse_index_words(n);
  const uint32_t total = index + x.exclusive_sum(first_word);
  uint16_t* lengths = reinterpret_cast<uint16_t*>(out);
  x.phase([&](uint32_t thread) {
    if (thread < 2 * index) {
      lengths[thread] = static_cast<uint16_t>(words[thread]);
    }
    if (length(thread) == 0) return;
    uint32_t* word = out + index + first_word[thread];
    uint64_t pending = 0;
    uint32_t filled = 0;
    const auto put = [&](uint32_t value, uint32_t bits) {
      pending |= static_cast<uint64_t>(value) << filled;
      filled += bits;
      if (filled >= 32) {
        *word++ = static_cast<uint32_t>(pending);
        pending >>= 32;
        filled -= 32;
      }
    };
    const uint32_t state = encode_fse_stream(
        table, symbols + thread * kFseStreamSymbols, length(thread), put);
    put(state & (kFseContextSlots - 1), kFseContextLog);
    put(1, 1);
    if (filled > 0) *word = static_cast<uint32_t>(pending);
  });
  return total;
}

// Reads a stream of `words` words from its end.
class FseBitReader {
 public:
  GPU_ZSTD_FN FseBitReader(const uint32_t* stream, uint32_t words)
      : word_(stream + words - 1), stream_(stream), bits_(*word_) {
    left_ = bits_ != 0 ? highest_bit(static_cast<uint32_t>(bits_)) : 0;
  }

  // At most 16 bits; those before the stream's first read as zero.
  GPU_ZSTD_FN uint32_t read(uint32_t count) {
    if (left_ < count) {
      bits_ = bits_ << 32 | (word_ > stream_ ? *--word_ : 0);
      left_ += 32;
    }
    left_ -= count;
    return static_cast<uint32_t>(bits_ >> left_) & ((1u << count) - 1);
  }

 private:
  const uint32_t* word_;
  const uint32_t* stream_;
  uint64_t bits_;
  uint32_t left_;
};

// Decodes one stream of n > 0 symbols to `out`, aligned to 16 bytes.
GPU_ZSTD_FN void decode_fse_stream(const uint32_t* cells,
                                   const uint32_t* stream, uint32_t words,
                                   uint32_t n, uint8_t* out) {
  SymbolGroup* groups = reinterpret_cast<SymbolGroup*>(out);
  FseBitReader reader(stream, words);
  uint32_t cell = cells[reader.read(kFseContextLog)];
  for (uint32_t begin = 0; begin < n; begin += kFseGroup) {
    SymbolGroup group;
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFseGroup; ++i) {
      group.symbol[i] = static_cast<uint8_t>(cell);
      // Past the last symbol this reads zeros and what it finds is not used.
      const uint32_t state = (cell >> 16) + reader.read(cell >> 8 & 0xFF);
      cell = cells[state];
    }
    if (begin + kFseGroup <= n) {
      groups[begin / kFseGroup] = group;
    } else {
      GPU_ZSTD_UNROLL
      for (uint32_t i = 0; i < kFseGroup; ++i) {
        if (begin + i < n) out[begin + i] = group.symbol[i];
      }
    }
  }
}

// Decodes a block that encode_fse_block() made of `n` symbols with the context
// whose cells these are. Only for such blocks: lengths are taken on trust.
template <class Exec>
GPU_ZSTD_FN void decode_fse_block(Exec& x, const uint32_t* cells,
                                  const uint32_t* block, uint32_t n,
                                  uint8_t* out) {
  typename Exec::template PerThread<uint32_t> first_word(x);
  const uint16_t* lengths = reinterpret_cast<const uint16_t*>(block);
  const uint32_t streams = fse_streams(n);
  x.phase([&](uint32_t thread) {
    first_word[thread] = thread < streams ? lengths[thread] : 0;
  });
  x.exclusive_sum(first_word);
  x.phase([&](uint32_t thread) {
    if (thread >= streams) return;
    const uint32_t begin = thread * kFseStreamSymbols;
    const uint32_t left = n - begin;
    decode_fse_stream(
        cells, block + fse_index_words(n) + first_word[thread], lengths[thread],
        left < kFseStreamSymbols ? left : kFseStreamSymbols, out + begin);
  });
}

}  // namespace gpu_zstd
