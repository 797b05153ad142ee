// The sequences section of a block (RFC 8878, 3.1.1.3.2): planned first, so
// that its exact length is known, then written.
//
//   count | modes | literal length, offset, match length tables | bitstream
//
// The bitstream begins with the last sequence. Here sequences are counted in
// that order: `t` is 0 for the last one. Each thread owns neighbouring t; what
// their states write was left by fse_chain.h, and it finds its first bit by a
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

// The fields of the three tables' streams: two bytes for each sequence.
struct SequenceFields {
  uint16_t* first;
  uint32_t stride;  // from one table's to the next's; a multiple of kFieldGroup

  GPU_ZSTD_HOST_FN uint16_t* of(uint32_t table) const {
    return first + table * stride;
  }
};

// Memory for the fields of more sequences than find room in shared memory.
struct SequenceScratch : SequenceFields {
  // Where those do: null for SequenceShared::memory.
  SequenceFields near{nullptr, kSharedSequences};
};

GPU_ZSTD_HOST_FN constexpr uint32_t padded_fields(uint32_t count) {
  return (count + kFieldGroup - 1) / kFieldGroup * kFieldGroup;
}

// Bytes of scratch for up to `count` sequences.
GPU_ZSTD_HOST_FN constexpr uint32_t sequence_scratch_bytes(uint32_t count) {
  return kSequenceTables * sizeof(uint16_t) * padded_fields(count);
}

// Lays the scratch out in memory aligned to 16 bytes.
GPU_ZSTD_HOST_FN SequenceScratch carve_sequence_scratch(uint8_t* memory,
                                                        uint32_t count) {
  SequenceScratch scratch;
  scratch.first = reinterpret_cast<uint16_t*>(memory);
  scratch.stride = padded_fields(count);
  return scratch;
}

struct SequencesPlan {
  uint32_t section_bytes;
  uint32_t count_bytes;
  uint32_t share;                             // sequences of one thread
  uint32_t header_byte[kSequenceTables + 1];  // from the section's begin
  uint32_t stream_bits;  // without final states and stop bit
};

struct SequenceShared {
  SequenceFields fields;
  SequencesPlan plan;
  // The last of its owner's members: where blocks have few sequences or the
  // fields find room elsewhere, less of it is there. See SequenceScratch::near.
  alignas(16) uint16_t memory[kSequenceTables * kSharedSequences];
};

// Bytes at the end of SequenceShared that are not needed where blocks have at
// most `count` sequences.
GPU_ZSTD_HOST_FN constexpr uint32_t spare_field_bytes(uint32_t count) {
  const uint32_t room = padded_fields(count);
  return room < kSharedSequences
             ? kSequenceTables * sizeof(uint16_t) * (kSharedSequences - room)
             : 0;
}

using CodeHistogram =
    uint32_t[kCodeHistogramCopies][kSequenceTables][kMaxFseSymbols];

// Begins to plan a block's sequences and tells each table's stream where its
// fields are. One thread's work.
GPU_ZSTD_FN void begin_sequences(SequenceShared& s, EntropyTables& tables,
                                 const BlockSequences& in, uint32_t threads,
                                 const SequenceScratch& scratch) {
  const uint32_t count = in.count;
  SequenceFields fields = scratch;
  if (count <= scratch.near.stride) {
    uint16_t* near = scratch.near.first;
    fields = {near != nullptr ? near : s.memory, scratch.near.stride};
  }
  s.fields = fields;
  tables.logs = in.table_logs;
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    tables.totals[c] = count;
    tables.streams[c] = {c, count, fields.of(c)};
  }
  s.plan.share = (count + threads - 1) / threads;
}

struct SequenceValues {
  uint32_t lit_length;
  uint32_t match_length;
  uint32_t off_base;
};

// Sequence `t`, counted from the last, if there is one.
GPU_ZSTD_FN SequenceValues load_sequence(const BlockSequences& in, uint32_t t) {
  if (t >= in.count) return {};
  const uint32_t k = in.count - 1 - t;
  return {in.lit_length(k), in.match_length(k), in.off_bases[k]};
}

// Computes the codes of sequence `t`, counted from the last, as symbols of the
// streams and counts them.
template <class Exec>
GPU_ZSTD_FN void code_sequence(const SequenceFields& fields,
                               CodeHistogram& histogram,
                               const SequenceValues& values, uint32_t t) {
  const uint32_t codes[kSequenceTables] = {
      lit_length_code(values.lit_length), offset_code(values.off_base),
      match_length_code(values.match_length)};
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    fields.of(c)[t] = static_cast<uint16_t>(codes[c]);
    Exec::add(&histogram[t % kCodeHistogramCopies][c][codes[c]], 1u);
  }
}

// First of the sequences of `thread`, counted from the last; those up to the
// next thread's are its own.
GPU_ZSTD_FN uint32_t sequence_share(const SequencesPlan& plan, uint32_t thread,
                                    uint32_t n) {
  return thread * plan.share < n ? thread * plan.share : n;
}

// Calls f(values, t) for sequences [begin, end). They may lie in slow memory:
// the next is on its way meanwhile.
template <class F>
GPU_ZSTD_FN void for_sequences(const BlockSequences& in, uint32_t begin,
                               uint32_t end, F&& f) {
  SequenceValues next{};
  if (begin < end) next = load_sequence(in, begin);
  GPU_ZSTD_NO_UNROLL
  for (uint32_t t = begin; t < end; ++t) {
    const SequenceValues values = next;
    if (t + 1 < end) next = load_sequence(in, t + 1);
    f(values, t);
  }
}

// Bits of the thread's sequences.
GPU_ZSTD_FN uint32_t sequence_bits(const SequenceFields& fields,
                                   const BlockSequences& in, uint32_t begin,
                                   uint32_t end) {
  uint32_t bits = 0;
  for_sequences(in, begin, end, [&](const SequenceValues& v, uint32_t t) {
    bits += lit_length_extra_bits(v.lit_length) +
            match_length_extra_bits(v.match_length) + offset_code(v.off_base);
    GPU_ZSTD_UNROLL
    for (uint32_t c = 0; c < kSequenceTables; ++c) {
      bits += field_bits(fields.of(c)[t]);
    }
  });
  return bits;
}

GPU_ZSTD_FN uint32_t sequence_count_bytes(uint32_t n) {
  return n < 128 ? 1 : n < 0x7F00 ? 2 : 3;
}

// Fills in the section's layout once the tables and the bits are known. One
// thread's work.
GPU_ZSTD_FN void finish_sequences(SequencesPlan& plan, const EntropyTables& s,
                                  uint32_t n, uint32_t bits) {
  if (n == 0) {
    plan.section_bytes = 1;
    return;
  }
  plan.count_bytes = sequence_count_bytes(n);
  plan.stream_bits = bits;
  uint32_t byte = plan.count_bytes + 1;
  uint32_t end_bits = bits + 1;
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kSequenceTables; ++c) {
    plan.header_byte[c] = byte;
    byte += s.plan(c).header_bytes;
    end_bits += s.tables[c].log;
  }
  plan.header_byte[kSequenceTables] = byte;
  plan.section_bytes = byte + (end_bits + 7) / 8;
}

// How the format says what form a table has.
GPU_ZSTD_FN uint32_t table_mode(TableForm form) {
  return static_cast<uint32_t>(form == TableForm::kOwn ? TableMode::kCompressed
                               : form == TableForm::kOneSymbol
                                   ? TableMode::kRle
                                   : TableMode::kPredefined);
}

// Writes count, modes, final states and stop bit. One thread's work.
template <class Exec>
GPU_ZSTD_FN void write_sequence_ends(const SequencesPlan& plan,
                                     const EntropyTables& s,
                                     const SequenceChain& chain, uint32_t n,
                                     uint32_t* words, uint32_t byte) {
  if (n < 128) {
    or_bytes<Exec>(words, byte, n);
  } else if (n < 0x7F00) {
    or_bytes<Exec>(words, byte, ((n >> 8) + 128) | (n & 255) << 8);
  } else {
    or_bytes<Exec>(words, byte, 255 | (n - 0x7F00) << 8);
  }
  const auto mode = [&](uint32_t c) { return table_mode(s.forms[c]); };
  or_bytes<Exec>(
      words, byte + plan.count_bytes,
      mode(kLitLengths) << 6 | mode(kOffsets) << 4 | mode(kMatchLengths) << 2);
  constexpr uint32_t kOrder[kSequenceTables] = {kMatchLengths, kOffsets,
                                                kLitLengths};
  uint32_t value = 0;
  uint32_t bits = 0;  // at most 26
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kSequenceTables; ++i) {
    const uint32_t log = s.tables[kOrder[i]].log;
    value |= (chain.final_state[kOrder[i]] & ((1u << log) - 1)) << bits;
    bits += log;
  }
  BitWriter<Exec> end(
      words, 8 * (byte + plan.header_byte[kSequenceTables]) + plan.stream_bits);
  end.put(value | 1u << bits, bits + 1);
  end.flush();
}

// Writes the bits of sequence `t`, counted from the last.
template <class Exec>
GPU_ZSTD_FN void write_sequence(const SequenceFields& fields,
                                const SequenceValues& v, uint32_t t,
                                BitWriter<Exec>& writer) {
  constexpr uint32_t kOrder[kSequenceTables] = {kOffsets, kMatchLengths,
                                                kLitLengths};
  uint32_t value = 0;
  uint32_t bits = 0;  // at most 27
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kSequenceTables; ++i) {
    const uint32_t field = fields.of(kOrder[i])[t];
    value |= field_value(field) << bits;
    bits += field_bits(field);
  }
  writer.put(value, bits);
  const uint32_t lit_bits = lit_length_extra_bits(v.lit_length);
  const uint32_t match_bits = match_length_extra_bits(v.match_length);
  writer.put((v.lit_length & ((1u << lit_bits) - 1)) |
                 ((v.match_length - kMinMatch) & ((1u << match_bits) - 1))
                     << lit_bits,
             lit_bits + match_bits);
  const uint32_t code = offset_code(v.off_base);
  writer.put(v.off_base - (1u << code), code);
}

// Writes a thread's part of the planned section into zeroed `words`, from byte
// `byte` on; `first_bit` is its place in the stream.
template <class Exec>
GPU_ZSTD_FN void write_sequences(const SequenceShared& shared,
                                 const EntropyTables& s,
                                 const SequenceChain& chain,
                                 const BlockSequences& in, uint32_t thread,
                                 uint32_t threads, uint32_t first_bit,
                                 uint32_t* words, uint32_t byte) {
  if (in.count == 0) return;  // the count is a zero byte
  const SequencesPlan& plan = shared.plan;
  const SequenceFields fields = shared.fields;
  if (thread == leader_of(2, threads)) {
    write_sequence_ends<Exec>(plan, s, chain, in.count, words, byte);
  }
  constexpr uint32_t kHeaderBytes = 4 * kMaxFseHeaderWords;
  for (uint32_t i = thread; i < kSequenceTables * kHeaderBytes; i += threads) {
    const uint32_t c = i / kHeaderBytes;
    const uint32_t b = i % kHeaderBytes;
    const FsePlan& table = s.plan(c);
    if (b < table.header_bytes) {
      or_bytes<Exec>(words, byte + plan.header_byte[c] + b,
                     header_byte(table, b));
    }
  }
  BitWriter<Exec> writer(
      words, 8 * (byte + plan.header_byte[kSequenceTables]) + first_bit);
  for_sequences(in, sequence_share(plan, thread, in.count),
                sequence_share(plan, thread + 1, in.count),
                [&](const SequenceValues& v, uint32_t t) {
                  write_sequence(fields, v, t, writer);
                });
  writer.flush();
}

}  // namespace gpu_zstd
