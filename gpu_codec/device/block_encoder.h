// Entropy half of the encoder: sequences and literals of one block become the
// block's content, or the decision to store it raw or as one repeated byte.
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
  union {
    LiteralsScratch scratch;  // before the rest is used
    struct {
      EntropyTables tables;
      HuffmanWeights weights;
      SequenceShared sequences;
    };
  };
};

// An encoded block. `bytes` is what follows its header in the frame.
struct EncodedBlock {
  BlockType type;
  uint32_t bytes;
};

// Words that the content of a compressed block of `source_bytes` may need.
GPU_ZSTD_HOST_FN constexpr uint32_t block_words(uint32_t source_bytes) {
  return source_bytes / 4 + 3;
}

// A block that is not worth compressing: one byte if all are equal, else raw.
// Constant blocks compress well, so only those that did are looked at.
template <class Exec>
GPU_ZSTD_FN bool is_constant(Exec& x, const BlockSequences& in) {
  typename Exec::template PerThread<uint32_t> differs(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t i = thread; i < in.source_bytes; i += x.threads()) {
      differs[thread] |= in.source[i] ^ in.source[0];
    }
  });
  return !x.any(differs);
}

// Plans a literals section by itself and returns its length.
template <class Exec>
GPU_ZSTD_FN uint32_t
plan_literals_alone(Exec& x, BlockEncoderShared& s, const uint8_t* literals,
                    uint32_t n, uint32_t single_stream_below,
                    typename Exec::template PerThread<uint32_t>& first_bit) {
  if (begin_literals(x, s.literals, s.scratch, literals, n)) {
    clear_entropy_tables(x, s.tables);
    split_weights(x, s.weights, s.literals.code, s.tables);
    make_entropy_tables(x, s.tables);
    finish_literals(x, s.literals, s.tables, literals, n, single_stream_below,
                    first_bit);
  }
  return s.literals.plan.section_bytes;
}

// Plans a sequences section by itself and returns its length.
template <class Exec>
GPU_ZSTD_FN uint32_t
plan_sequences_alone(Exec& x, BlockEncoderShared& s, const BlockSequences& in,
                     const SequenceScratch& scratch,
                     typename Exec::template PerThread<uint32_t>& first_bit) {
  if (in.count > 0) {
    clear_entropy_tables(x, s.tables);
    code_sequences(x, s.sequences, s.tables, in, scratch);
    make_entropy_tables(x, s.tables);
  }
  finish_sequences(x, s.sequences, s.tables, in, first_bit);
  return s.sequences.plan.section_bytes;
}

// Plans both sections of a block; returns false, with a plan left undefined,
// when it is clear early that the block does not compress. The two first_bit
// are each thread's places for writing.
template <class Exec>
GPU_ZSTD_FN bool plan_block(
    Exec& x, BlockEncoderShared& s, const BlockSequences& in,
    const SequenceScratch& scratch, uint32_t single_stream_below,
    typename Exec::template PerThread<uint32_t>& first_literal_bit,
    typename Exec::template PerThread<uint32_t>& first_sequence_bit) {
  const bool huffman =
      begin_literals(x, s.literals, s.scratch, in.literals, in.literal_bytes);
  end_stage(Stage::kLiterals);
  // Only a parse with few matches gets here, and only sequences could save it.
  if (s.literals.plan.section_bytes + 2 * in.count >= in.source_bytes) {
    return false;
  }
  clear_entropy_tables(x, s.tables);
  if (huffman) split_weights(x, s.weights, s.literals.code, s.tables);
  if (in.count > 0) code_sequences(x, s.sequences, s.tables, in, scratch);
  make_entropy_tables(x, s.tables);
  end_stage(Stage::kTables);
  if (huffman) {
    finish_literals(x, s.literals, s.tables, in.literals, in.literal_bytes,
                    single_stream_below, first_literal_bit);
  }
  finish_sequences(x, s.sequences, s.tables, in, first_sequence_bit);
  end_stage(Stage::kStates);
  return true;
}

// Encodes the block. Fills words[0 .. block_words(source_bytes)) with the
// content of a compressed block; the two other kinds leave them undefined, for
// the source holds their content. All threads get the result.
template <class Exec>
GPU_ZSTD_FN EncodedBlock encode_block(Exec& x, BlockEncoderShared& s,
                                      const BlockSequences& in,
                                      const SequenceScratch& scratch,
                                      uint32_t single_stream_below,
                                      uint32_t* words) {
  typename Exec::template PerThread<uint32_t> first_literal_bit(x);
  typename Exec::template PerThread<uint32_t> first_sequence_bit(x);
  const EncodedBlock raw{BlockType::kRaw, in.source_bytes};
  if (!plan_block(x, s, in, scratch, single_stream_below, first_literal_bit,
                  first_sequence_bit)) {
    return raw;
  }
  const uint32_t literals_bytes = s.literals.plan.section_bytes;
  const uint32_t bytes = literals_bytes + s.sequences.plan.section_bytes;
  if (bytes < kConstantBlockBytes && is_constant(x, in)) {
    return {BlockType::kRle, 1};
  }
  if (bytes >= in.source_bytes) return raw;
  x.for_each(block_words(in.source_bytes), [&](uint32_t i) { words[i] = 0; });
  write_literals(x, s.literals, in.literals, in.literal_bytes,
                 first_literal_bit, words);
  write_sequences(x, s.sequences.plan, s.tables, in, first_sequence_bit, words,
                  literals_bytes);
  end_stage(Stage::kBits);
  return {BlockType::kCompressed, bytes};
}

}  // namespace gpu_zstd
