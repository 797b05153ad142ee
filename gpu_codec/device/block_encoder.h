// Entropy half of the encoder: sequences and literals of one block become the
// block's content, or the decision to store it raw or as one repeated byte.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/literals_section.h"
#include "gpu_codec/device/sequence_section.h"
#include "gpu_codec/device/sequences.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

struct BlockEncoderShared {
  LiteralsShared literals;
  union {  // in the order of their use
    LiteralsScratch literals_scratch;
    SequenceShared sequences;
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
  plan_literals(x, s.literals, s.literals_scratch, in.literals,
                in.literal_bytes, single_stream_below, first_literal_bit);
  const uint32_t literals_bytes = s.literals.plan.section_bytes;
  // Only a parse with few matches gets here, and only sequences could save it.
  if (literals_bytes + 2 * in.count >= in.source_bytes) {
    return {BlockType::kRaw, in.source_bytes};
  }
  plan_sequences(x, s.sequences, in, scratch, first_sequence_bit);
  const uint32_t bytes = literals_bytes + s.sequences.plan.section_bytes;
  if (bytes < kConstantBlockBytes && is_constant(x, in)) {
    return {BlockType::kRle, 1};
  }
  if (bytes >= in.source_bytes) return {BlockType::kRaw, in.source_bytes};
  x.for_each(block_words(in.source_bytes), [&](uint32_t i) { words[i] = 0; });
  write_literals(x, s.literals, in.literals, in.literal_bytes,
                 first_literal_bit, words);
  write_sequences(x, s.sequences, in, first_sequence_bit, words,
                  literals_bytes);
  return {BlockType::kCompressed, bytes};
}

}  // namespace gpu_zstd
