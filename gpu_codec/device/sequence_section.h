// The sequences section of a block (RFC 8878, 3.1.1.3.2): planned first, so
// that its exact length is known, then written.
//
//   count | modes | literal length, offset, match length tables | bitstream
//
// The bitstream begins with the last sequence. Here sequences are counted in
// that order: `t` is 0 for the last one. Each thread owns neighbouring t; it
// starts from the states that fse_chain.h left, and finds its first bit by a
// prefix sum.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/entropy_tables.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/device/sequences.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// Room that depends on the number of sequences: `codes` one byte and
// `entry_states` two bytes in kFseStateStride, for each of the three tables.
// Up to kSharedSequences find theirs in shared memory instead.
struct SequenceScratch {
  uint8_t* codes[kSequenceTables];
  uint16_t* entry_states[kSequenceTables];
};

// Bytes of scratch for up to `count` sequences.
GPU_ZSTD_HOST_FN constexpr uint32_t sequence_scratch_bytes(uint32_t count) {
  const uint32_t groups = count / kFseStateStride + 1;
  return kSequenceTables * (groups * kFseStateStride + 2 * groups);
}

// Lays the scratch out in memory aligned to 4 bytes.
GPU_ZSTD_HOST_FN SequenceScratch carve_sequence_scratch(uint8_t* memory,
                                                        uint32_t count) {
  const uint32_t groups = count / kFseStateStride + 1;
  SequenceScratch scratch;
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    scratch.codes[c] = memory;
    memory += groups * kFseStateStride;
  }
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    scratch.entry_states[c] = reinterpret_cast<uint16_t*>(memory);
    memory += 2 * groups;
  }
  return scratch;
}

struct SequencesPlan {
  uint32_t section_bytes;
  uint32_t count_bytes;
  uint32_t header_byte[kSequenceTables + 1];  // from the section's begin
  uint32_t stream_bits;  // without final states and stop bit
};

struct SequenceShared {
  uint8_t codes[kSequenceTables][kSharedSequences];
  uint16_t entry_states[kSequenceTables][kSharedSequences / kFseStateStride];
  SequencesPlan plan;
};

// Tells each table's stream where its codes and states are.
GPU_ZSTD_FN void place_streams(SequenceShared& s, EntropyTables& tables,
                               uint32_t count, const SequenceScratch& scratch) {
  const bool fits = count <= kSharedSequences;
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    tables.totals[c] = count;
    tables.streams[c] = {&tables.tables[c],
                         fits ? s.codes[c] : scratch.codes[c], count,
                         fits ? s.entry_states[c] : scratch.entry_states[c]};
  }
}

// Computes the codes of all sequences, last sequence first, and counts them:
// what make_entropy_tables() needs. There is at least one sequence.
template <class Exec>
GPU_ZSTD_FN void code_sequences(Exec& x, SequenceShared& shared,
                                EntropyTables& s, const BlockSequences& in,
                                const SequenceScratch& scratch) {
  constexpr uint32_t kCounts = kSequenceTables * kMaxFseSymbols;
  x.for_each(kCodeHistogramCopies * kCounts, [&](uint32_t i) {
    s.histogram[i / kCounts][i % kCounts / kMaxFseSymbols][i % kMaxFseSymbols] =
        0;
    if (i == 0) place_streams(shared, s, in.count, scratch);
  });
  x.for_each(in.count, [&](uint32_t t) {
    const uint32_t k = in.count - 1 - t;
    const uint32_t codes[kSequenceTables] = {
        lit_length_code(in.lit_length(k)), offset_code(in.off_bases[k]),
        match_length_code(in.match_length(k))};
    GPU_ZSTD_UNROLL
    for (uint32_t c = 0; c < kSequenceTables; ++c) {
      s.streams[c].symbols[t] = static_cast<uint8_t>(codes[c]);
      x.add(&s.histogram[t % kCodeHistogramCopies][c][codes[c]], 1u);
    }
  });
  x.for_each(kCounts, [&](uint32_t i) {
    const uint32_t c = i / kMaxFseSymbols;
    const uint32_t code = i % kMaxFseSymbols;
    uint32_t sum = 0;
    for (uint32_t h = 0; h < kCodeHistogramCopies; ++h) {
      sum += s.histogram[h][c][code];
    }
    s.counts[c][code] = sum;
  });
}

// What is written of one sequence besides the states.
struct SequenceValues {
  uint32_t lit_length;
  uint32_t match_length;
  uint32_t off_base;
};

GPU_ZSTD_FN SequenceValues load_sequence(const BlockSequences& in, uint32_t t) {
  const uint32_t k = in.count - 1 - t;
  return {in.lit_length(k), in.match_length(k), in.off_bases[k]};
}

// Calls put(value, bits) for the bits of sequence `t`, counted from the last,
// and moves the states on.
template <class Put>
GPU_ZSTD_FN void one_sequence_fields(const EntropyTables& s,
                                     const SequenceValues& v, uint32_t t,
                                     uint32_t* state, Put&& put) {
  uint32_t codes[kSequenceTables];
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    codes[c] = s.streams[c].symbols[t];
  }
  constexpr uint32_t kOrder[kSequenceTables] = {kOffsets, kMatchLengths,
                                                kLitLengths};
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kSequenceTables; ++i) {
    const uint32_t c = kOrder[i];
    if (t == 0) {
      state[c] = first_state(s.tables[c], codes[c]);
      continue;
    }
    const uint32_t before = state[c];
    const uint32_t bits = encode_fse_symbol(
        s.tables[c], s.tables[c].symbols[codes[c]], &state[c]);
    put(before & ((1u << bits) - 1), bits);
  }
  put(v.lit_length - kLitLengthBase[codes[kLitLengths]],
      kLitLengthExtraBits[codes[kLitLengths]]);
  put(v.match_length - kMatchLengthBase[codes[kMatchLengths]],
      kMatchLengthExtraBits[codes[kMatchLengths]]);
  put(v.off_base - (1u << codes[kOffsets]), codes[kOffsets]);
}

// Calls put(value, bits) for the bits of sequences [begin, end), counted from
// the last; `begin` is a multiple of kFseStateStride. Sequences are fetched a
// stride at a time, ahead of the writes, for they may lie in slow memory.
template <class Put>
GPU_ZSTD_FN void sequence_fields(const EntropyTables& s,
                                 const BlockSequences& in, uint32_t begin,
                                 uint32_t end, Put&& put) {
  if (begin >= end) return;
  uint32_t state[kSequenceTables] = {};
  if (begin > 0) {
    GPU_ZSTD_UNROLL
    for (uint32_t c = 0; c < kSequenceTables; ++c) {
      state[c] = s.streams[c].entry_states[begin / kFseStateStride];
    }
  }
  for (uint32_t first = begin; first < end; first += kFseStateStride) {
    SequenceValues values[kFseStateStride];
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFseStateStride; ++i) {
      const uint32_t t = first + i < end ? first + i : end - 1;
      values[i] = load_sequence(in, t);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFseStateStride; ++i) {
      if (first + i < end) {
        one_sequence_fields(s, values[i], first + i, state, put);
      }
    }
  }
}

// First of the sequences of `thread`, counted from the last; those up to the
// next thread's are its own.
GPU_ZSTD_FN uint32_t sequence_share(uint32_t thread, uint32_t threads,
                                    uint32_t n) {
  const uint32_t groups = (n + kFseStateStride - 1) / kFseStateStride;
  const uint32_t share = (groups + threads - 1) / threads * kFseStateStride;
  return thread * share < n ? thread * share : n;
}

GPU_ZSTD_FN uint32_t sequence_count_bytes(uint32_t n) {
  return n < 128 ? 1 : n < 0x7F00 ? 2 : 3;
}

// Fills in the section's layout once the tables and the bits are known.
GPU_ZSTD_FN void lay_out_sequences(SequencesPlan& plan, const EntropyTables& s,
                                   uint32_t n, uint32_t bits) {
  plan.count_bytes = sequence_count_bytes(n);
  plan.stream_bits = bits;
  uint32_t byte = plan.count_bytes + 1;
  uint32_t end_bits = bits + 1;
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    plan.header_byte[c] = byte;
    byte += s.plan(c).header_bytes;
    end_bits += s.tables[c].log;
  }
  plan.header_byte[kSequenceTables] = byte;
  plan.section_bytes = byte + (end_bits + 7) / 8;
}

// Plans the section of `in` when make_entropy_tables() is done; first_bit is
// each thread's place for write_sequences().
template <class Exec>
GPU_ZSTD_FN void finish_sequences(
    Exec& x, SequenceShared& s, const EntropyTables& tables,
    const BlockSequences& in,
    typename Exec::template PerThread<uint32_t>& first_bit) {
  if (in.count == 0) {
    x.single([&] { s.plan.section_bytes = 1; });
    return;
  }
  const uint32_t threads = x.threads();
  x.phase([&](uint32_t thread) {
    uint32_t sum = 0;
    sequence_fields(tables, in, sequence_share(thread, threads, in.count),
                    sequence_share(thread + 1, threads, in.count),
                    [&](uint32_t, uint32_t bits) { sum += bits; });
    first_bit[thread] = sum;
  });
  const uint32_t bits = x.exclusive_sum(first_bit);
  x.single([&] { lay_out_sequences(s.plan, tables, in.count, bits); });
}

// How the format says what form a table has.
GPU_ZSTD_FN uint32_t table_mode(TableForm form) {
  return static_cast<uint32_t>(form == TableForm::kOwn ? TableMode::kCompressed
                               : form == TableForm::kOneSymbol
                                   ? TableMode::kRle
                                   : TableMode::kPredefined);
}

// Writes count, modes and table descriptions.
template <class Exec>
GPU_ZSTD_FN void write_sequence_headers(Exec& x, const SequencesPlan& plan,
                                        const EntropyTables& s, uint32_t n,
                                        uint32_t* words, uint32_t byte) {
  x.single([&] {
    if (n < 128) {
      or_bytes<Exec>(words, byte, n);
    } else if (n < 0x7F00) {
      or_bytes<Exec>(words, byte, ((n >> 8) + 128) | (n & 255) << 8);
    } else {
      or_bytes<Exec>(words, byte, 255 | (n - 0x7F00) << 8);
    }
    const auto mode = [&](uint32_t c) { return table_mode(s.forms[c]); };
    or_bytes<Exec>(words, byte + plan.count_bytes,
                   mode(kLitLengths) << 6 | mode(kOffsets) << 4 |
                       mode(kMatchLengths) << 2);
  });
  constexpr uint32_t kHeaderBytes = 4 * kMaxFseHeaderWords;
  x.for_each(kSequenceTables * kHeaderBytes, [&](uint32_t i) {
    const uint32_t c = i / kHeaderBytes;
    const uint32_t b = i % kHeaderBytes;
    const FsePlan& table = s.plan(c);
    if (b < table.header_bytes) {
      or_bytes<Exec>(words, byte + plan.header_byte[c] + b,
                     table.header[b / 4] >> (b % 4 * 8) & 0xFF);
    }
  });
}

// Writes the planned section into zeroed `words`, from byte `byte` on.
template <class Exec>
GPU_ZSTD_FN void write_sequences(
    Exec& x, const SequencesPlan& plan, const EntropyTables& s,
    const BlockSequences& in,
    typename Exec::template PerThread<uint32_t>& first_bit, uint32_t* words,
    uint32_t byte) {
  if (in.count == 0) return;  // the count is a zero byte
  write_sequence_headers(x, plan, s, in.count, words, byte);
  const uint32_t stream = 8 * (byte + plan.header_byte[kSequenceTables]);
  const uint32_t threads = x.threads();
  x.phase([&](uint32_t thread) {
    BitWriter<Exec> writer(words, stream + first_bit[thread]);
    sequence_fields(
        s, in, sequence_share(thread, threads, in.count),
        sequence_share(thread + 1, threads, in.count),
        [&](uint32_t value, uint32_t bits) { writer.put(value, bits); });
    writer.flush();
    if (thread != 0) return;
    BitWriter<Exec> end(words, stream + plan.stream_bits);
    constexpr uint32_t kOrder[kSequenceTables] = {kMatchLengths, kOffsets,
                                                  kLitLengths};
    for (uint32_t i = 0; i < kSequenceTables; ++i) {
      const uint32_t log = s.tables[kOrder[i]].log;
      end.put(s.chain.final_state[kOrder[i]] & ((1u << log) - 1), log);
    }
    end.put(1, 1);
    end.flush();
  });
}

}  // namespace gpu_zstd
