// Entropy half of the encoder: sequences and literals of one block become the
// block's content, or the decision to store it raw or as one repeated byte.
#pragma once

#include <cstdint>

#include "gpu_codec/device/block_plan.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/sequences.h"
#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

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

// Writes a thread's part of the planned literals section into zeroed `words`.
template <class Exec>
GPU_ZSTD_FN void write_literals_section(const BlockEncoderShared& s,
                                        const BlockSequences& in,
                                        uint32_t thread, uint32_t threads,
                                        uint64_t places, uint32_t* words) {
  write_literals<Exec>(s.literals, s.tables, s.weights.chain, in.literals,
                       in.literal_bytes, thread, threads,
                       BitPlaces::tree(places), BitPlaces::literals(places),
                       words);
}

// The same for the sequences section, from byte `byte` on.
template <class Exec>
GPU_ZSTD_FN void write_sequences_section(const BlockEncoderShared& s,
                                         const BlockSequences& in,
                                         uint32_t thread, uint32_t threads,
                                         uint64_t places, uint32_t* words,
                                         uint32_t byte) {
  write_sequences<Exec>(s.sequences, s.tables, s.making.chain, in, thread,
                        threads, BitPlaces::sequences(places), words, byte);
}

// Encodes the block. Fills words[0 .. block_words(source_bytes)) as far as
// needed with the content of a compressed block; the two other kinds leave them
// undefined, for the source holds their content. All threads get the result.
template <class Exec>
GPU_ZSTD_FN EncodedBlock encode_block(Exec& x, BlockEncoderShared& s,
                                      const BlockSequences& in,
                                      const SequenceScratch& scratch,
                                      uint32_t single_stream_below,
                                      uint32_t* words) {
  typename Exec::template PerThread<uint64_t> places(x);
  const EncodedBlock raw{BlockType::kRaw, in.source_bytes};
  if (!plan_block(x, s, in, scratch, single_stream_below, places)) return raw;
  const uint32_t literals_bytes = s.literals.plan.section_bytes;
  const uint32_t bytes = literals_bytes + s.sequences.plan.section_bytes;
  if (bytes < kConstantBlockBytes && is_constant(x, in)) {
    return {BlockType::kRle, 1};
  }
  if (bytes >= in.source_bytes) return raw;
  x.for_each(bytes / 4 + 1, [&](uint32_t i) { words[i] = 0; });
  const uint32_t threads = x.threads();
  x.phase([&](uint32_t thread) {
    write_literals_section<Exec>(s, in, thread, threads, places[thread], words);
    write_sequences_section<Exec>(s, in, thread, threads, places[thread], words,
                                  literals_bytes);
  });
  end_stage(Stage::kBits);
  return {BlockType::kCompressed, bytes};
}

}  // namespace gpu_zstd
