// A chunk of bytes to one zstd frame, by one CTA: block after block through the
// LZ77 and the entropy half. Blocks do not refer to each other's bytes, but the
// repcodes go on from one to the next as the format has it.
#pragma once

#include <cstdint>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/encoder_memory.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/device/lz77.h"
#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/device/xxh64.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

struct FrameJob {
  const uint8_t* source;
  uint64_t source_bytes;
  uint8_t* out;
  uint64_t capacity;
  bool checksum;
};

// Copies a block to where it may be read in words.
template <class Exec>
GPU_ZSTD_FN void load_block(Exec& x, const uint8_t* source, uint32_t n,
                            uint8_t* data) {
  const bool aligned =
      reinterpret_cast<uintptr_t>(source) % sizeof(WordQuad) == 0;
  const uint32_t quads = aligned ? n / sizeof(WordQuad) : 0;
  const WordQuad* from = reinterpret_cast<const WordQuad*>(source);
  WordQuad* to = reinterpret_cast<WordQuad*>(data);
  x.prelude([&](uint32_t thread) {
    for (uint32_t q = thread; q < quads; q += x.threads()) to[q] = from[q];
  });
  const uint32_t done = quads * sizeof(WordQuad);
  x.for_each(n - done + kDataPadding, [&](uint32_t i) {
    data[done + i] = done + i < n ? source[done + i] : 0;
  });
}

// The sequences of one block; afterwards large blocks' data is needed no more.
// `reps` is the decoder's repcode state before it, `after` becomes the one
// behind it.
template <uint32_t kPreset, uint32_t kBlockBytes, class Exec>
GPU_ZSTD_FN BlockSequences find_block_sequences(
    Exec& x, FrameEncoderMemory<kPreset, kBlockBytes>& m, const uint8_t* source,
    uint32_t n, const RepHistory& reps, RepHistory& after) {
  load_block(x, source, n, m.data);
  end_stage(Stage::kLoad);
  m.lz77.n = n;
  m.lz77.table.hash_bits = hash_bits_of<kPreset>(n);
  m.lz77.long_table.hash_bits = long_hash_bits_of(n);
  BlockSequences sequences = find_sequences(x, m.lz77, reps, after);
  sequences.table_logs = kPresetTable[kPreset].table_logs;
  if constexpr (!FrameEncoderMemory<kPreset, kBlockBytes>::kSmall) {
    sequences.source = source;
  }
  return sequences;
}

// One block. `reps` is the decoder's repcode state before it and then behind.
template <uint32_t kPreset, uint32_t kBlockBytes, class Exec>
GPU_ZSTD_FN EncodedBlock
encode_next_block(Exec& x, FrameEncoderMemory<kPreset, kBlockBytes>& m,
                  const uint8_t* source, uint32_t n, RepHistory& reps) {
  RepHistory after;
  const BlockSequences sequences =
      find_block_sequences(x, m, source, n, reps, after);
  const EncodedBlock block =
      encode_block(x, *m.entropy, sequences, m.sequence_scratch,
                   kSingleStreamBelow, m.words);
  if (block.type == BlockType::kCompressed) reps = after;
  return block;
}

// Encodes the chunk and returns its frame's length, or 0 when that is above
// the capacity; nothing is written beyond it.
template <uint32_t kPreset, uint32_t kBlockBytes, class Exec>
GPU_ZSTD_FN uint64_t encode_frame(Exec& x,
                                  FrameEncoderMemory<kPreset, kBlockBytes>& m,
                                  const FrameJob& job) {
  begin_stages();
  const uint64_t n = job.source_bytes;
  uint64_t end = frame_header_bytes(n);
  if (end + kBlockHeaderBytes > job.capacity) return 0;
  x.prelude([&](uint32_t thread) {
    if (thread == 0) write_frame_header(job.out, n, job.checksum);
  });
  RepHistory reps = initial_history();
  const uint32_t blocks = frame_blocks(n, kMaxBlockBytes);
  for (uint32_t b = 0; b < blocks; ++b) {
    const uint64_t first = uint64_t{b} * kMaxBlockBytes;
    const uint32_t size = static_cast<uint32_t>(
        n - first < kMaxBlockBytes ? n - first : kMaxBlockBytes);
    EncodedBlock block{BlockType::kRaw, 0};
    if (size > 0) {
      block = encode_next_block(x, m, job.source + first, size, reps);
    }
    if (end + kBlockHeaderBytes + block.bytes > job.capacity) return 0;
    x.prelude([&](uint32_t thread) {
      if (thread != 0) return;
      write_block_header(job.out + end, block, size, b + 1 == blocks);
    });
    write_block_content(x, block, m.kSmall ? m.data : job.source + first,
                        m.words, job.out + end + kBlockHeaderBytes);
    end_stage(Stage::kFrame);
    end += kBlockHeaderBytes + block.bytes;
  }
  if (!job.checksum) return end;
  if (end + kChecksumBytes > job.capacity) return 0;
  xxh64(x, *m.hash, job.source, n);
  x.single([&] {
    store_little_endian(job.out + end, m.hash->hash, kChecksumBytes);
  });
  end_stage(Stage::kChecksum);
  return end + kChecksumBytes;
}

}  // namespace gpu_zstd
