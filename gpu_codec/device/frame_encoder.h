// A chunk of bytes to one zstd frame, by one CTA: block after block through the
// LZ77 and the entropy half. Blocks do not refer to each other's bytes, but the
// repcodes go on from one to the next as the format has it.
#pragma once

#include <cstdint>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/device/lz77.h"
#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/device/xxh64.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

// Everything one CTA works on. Shared memory of small blocks holds more; see
// workspace.h.
template <uint32_t kPreset, uint32_t kBlockBytes>
struct FrameEncoderMemory {
  static constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  using Index = PositionIndex<kSmall>;

  uint8_t* data;
  Lz77Memory<kPreset, Index> lz77;
  BlockEncoderShared* entropy;
  Xxh64Shared* hash;
  SequenceScratch sequence_scratch;
  uint32_t* words;
};

struct FrameJob {
  const uint8_t* source;
  uint64_t source_bytes;
  uint8_t* out;
  uint64_t capacity;
  bool checksum;
};

GPU_ZSTD_HOST_FN constexpr size_t parse_entry_bytes(uint32_t block_bytes) {
  return sizeof(uint32_t) * (block_bytes / 32 + 4);
}

// Of run_lengths_cuda.cuh, by warp.
inline constexpr size_t kRunScratchBytes = 5 * 32 * kStretchGroups;

// Of lazy_search_cuda.cuh, by warp.
inline constexpr size_t kTailQueueBytes = 1024;

// Most matches of a parse of `block_bytes`.
template <uint32_t kPreset>
GPU_ZSTD_HOST_FN constexpr uint32_t max_matches(uint32_t block_bytes) {
  constexpr Preset kP = kPresetTable[kPreset];
  const uint32_t shortest = kP.parse == Parse::kLazy ? kP.min_match : kMinMatch;
  return block_bytes / shortest + 1;
}

// What the lazy parse has in the phase arena: of small blocks the lengths, and
// behind them exits, entries and queues, then the list.
template <uint32_t kPreset, uint32_t kBlockBytes>
GPU_ZSTD_HOST_FN constexpr size_t lazy_arena_bytes() {
  const size_t parse =
      parse_entry_bytes(kBlockBytes) + Carver::kAlignment +
      kTailQueueBytes * (encode_threads(kBlockBytes) / kWarpThreads);
  if (kBlockBytes > kSmallBlockBytes) return parse;
  constexpr size_t positions = position_capacity(kBlockBytes);
  const size_t list =
      2 * sizeof(uint32_t) * (max_matches<kPreset>(kBlockBytes) + 4);
  return positions + (positions + parse > list ? positions + parse : list);
}

// Bytes of the phase arena: the largest of its users.
template <uint32_t kPreset, uint32_t kBlockBytes>
GPU_ZSTD_HOST_FN constexpr size_t arena_bytes() {
  constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  using Head = typename Lz77Memory<kPreset, PositionIndex<kSmall>>::Head;
  size_t most = sizeof(BlockEncoderShared) -
                spare_field_bytes(max_matches<kPreset>(kBlockBytes));
  const size_t heads = sizeof(Head) << hash_bits_of<kPreset>(kBlockBytes);
  if (sizeof(Xxh64Shared) > most) most = sizeof(Xxh64Shared);
  if (heads > most) most = heads;
  if (kPresetTable[kPreset].parse == Parse::kLazy) {
    constexpr size_t lazy = lazy_arena_bytes<kPreset, kBlockBytes>();
    return lazy > most ? lazy : most;
  }
  constexpr MatchLengths kLengths = kPresetTable[kPreset].lengths;
  const size_t walk =
      ring_columns(kBlockBytes) *
      (sizeof(uint16_t) * kDpRing + sizeof(int32_t) * dp_way_rows(kLengths));
  if (walk > most) most = walk;
  const size_t parse =
      parse_entry_bytes(kBlockBytes) + (kSmall ? kBlockBytes : 0);
  if (parse > most) most = parse;
  const size_t runs = kRunScratchBytes * (encode_threads(kBlockBytes) / 32);
  if (runs > most) most = runs;
  return most;
}

// Lays out a list of up to `matches`. `masks` and `items` are the memories for
// what is looked at by position and by match.
GPU_ZSTD_HOST_FN MatchList carve_list(uint32_t block_bytes, uint32_t matches,
                                      Carver& masks, Carver& items) {
  const uint32_t words = block_bytes / 32 + 2;
  MatchList list{};
  list.starts = masks.take<uint32_t>(words);
  list.before = masks.take<uint32_t>(words);
  list.words = items.take<uint32_t>(matches);
  list.positions = items.take<uint32_t>(matches);
  return list;
}

// What the lazy parse has besides the positions' previous occurrences.
template <uint32_t kPreset, uint32_t kBlockBytes, class Lz77>
GPU_ZSTD_HOST_FN void carve_lazy(Lz77& z, uint8_t* arena, Carver& fast,
                                 Carver& slow) {
  constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  Carver first(arena);
  z.lengths = (kSmall ? first : slow).template take<uint8_t>(capacity);
  // The list, made when the parse is done, begins where the lengths end, too.
  Carver parse = first;
  Carver items = first;
  z.parse.exits = (kSmall ? parse : slow).template take<uint8_t>(capacity);
  z.parse.entries = parse.take<uint32_t>(kBlockBytes / 32 + 4);
#if defined(__CUDACC__)
  z.queues = parse.take<TailQueue>(encode_threads(kBlockBytes) / kWarpThreads);
  static_assert(sizeof(TailQueue) == kTailQueueBytes);
#endif
  z.lists[0] = carve_list(kBlockBytes, max_matches<kPreset>(kBlockBytes),
                          kSmall ? fast : slow, kSmall ? items : slow);
}

// What the backward DP has besides the positions' previous occurrences.
template <uint32_t kPreset, uint32_t kBlockBytes, class Lz77>
GPU_ZSTD_HOST_FN void carve_optimal(Lz77& z, uint8_t* arena, Carver& fast,
                                    Carver& slow) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  constexpr uint32_t matches = max_matches<kPreset>(kBlockBytes);
  Carver walk(arena);
  z.walk.columns = ring_columns(kBlockBytes);
  z.walk.costs = walk.take<uint16_t>(kDpRing * z.walk.columns);
  z.walk.ways = walk.take<int32_t>(dp_way_rows(kP.lengths) * z.walk.columns);
  for (uint32_t k = 0; k < 2; ++k) {
    z.lists[k] = carve_list(kBlockBytes, matches, kSmall ? fast : slow, slow);
    z.lists[k].intervals = slow.take<RepInterval>(matches + 1);
    if (k == 0 || kP.propagate) {
      z.longest[k] = slow.take<uint32_t>(capacity);
      if (kP.slots > 1) z.nearest[k] = slow.take<uint32_t>(capacity);
    }
  }
#if defined(__CUDACC__)
  z.runs = reinterpret_cast<RunScratch*>(arena);
#endif
  z.segments = capacity / kDpSegment;
  z.parse.entries = reinterpret_cast<uint32_t*>(arena);
  z.parse.exits = kSmall ? arena + parse_entry_bytes(kBlockBytes)
                         : slow.take<uint8_t>(capacity);
  z.rep_lengths = slow.take<typename Lz77::RepWord>(capacity);
  z.prices = fast.take<PriceShared>(1);
  z.price_table = fast.take<PriceTable>(1);
}

// Lays out the memory for blocks of up to `kBlockBytes`: `fast` is shared
// memory, `slow` the workspace of one CTA.
template <uint32_t kPreset, uint32_t kBlockBytes>
GPU_ZSTD_HOST_FN FrameEncoderMemory<kPreset, kBlockBytes> carve_encoder(
    Carver& fast, Carver& slow) {
  using Memory = FrameEncoderMemory<kPreset, kBlockBytes>;
  using Lz77 = Lz77Memory<kPreset, typename Memory::Index>;
  constexpr bool kSmall = Memory::kSmall;
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  Memory m{};
  m.data = fast.take<uint8_t>(capacity + kDataPadding);
  uint8_t* arena = fast.take<uint8_t>(arena_bytes<kPreset, kBlockBytes>());
  m.entropy = reinterpret_cast<BlockEncoderShared*>(arena);
  m.hash = reinterpret_cast<Xxh64Shared*>(arena);
  Lz77& z = m.lz77;
  z.data = m.data;
  z.heads = reinterpret_cast<typename Lz77::Head*>(arena);
  // Previous positions, then choices, then literals and the block's words.
  const size_t literal_bytes = (capacity + 15) / 16 * 16;
  uint8_t* reused =
      (kSmall ? fast : slow)
          .template take<uint8_t>(
              literal_bytes + sizeof(uint32_t) * block_words(capacity) +
              (sizeof(typename Memory::Index) - 2) * capacity);
  z.previous = reinterpret_cast<typename Memory::Index*>(reused);
  z.choices = reinterpret_cast<uint16_t*>(reused);
  z.out.literals = reused;
  m.words = reinterpret_cast<uint32_t*>(reused + literal_bytes);
  if constexpr (kPresetTable[kPreset].parse == Parse::kLazy) {
    carve_lazy<kPreset, kBlockBytes>(z, arena, fast, slow);
  } else {
    carve_optimal<kPreset, kBlockBytes>(z, arena, fast, slow);
  }
  z.emit = fast.take<EmitShared>(1);
  constexpr uint32_t sequences = max_matches<kPreset>(kBlockBytes);
  z.out.lit_lengths = slow.take<uint16_t>(sequences);
  z.out.match_lengths = slow.take<uint16_t>(sequences);
  z.out.off_bases = slow.take<uint32_t>(sequences);
  m.sequence_scratch = carve_sequence_scratch(
      slow.take<uint8_t>(sequence_scratch_bytes(sequences)), sequences);
  if (spare_field_bytes(sequences) > 0) {
    m.sequence_scratch.in_shared = m.sequence_scratch.stride;
  }
  return m;
}

// Copies a block to where it may be read in words.
template <class Exec>
GPU_ZSTD_FN void load_block(Exec& x, const uint8_t* source, uint32_t n,
                            uint8_t* data) {
  const bool aligned =
      reinterpret_cast<uintptr_t>(source) % sizeof(WordQuad) == 0;
  const uint32_t quads = aligned ? n / sizeof(WordQuad) : 0;
  const WordQuad* from = reinterpret_cast<const WordQuad*>(source);
  WordQuad* to = reinterpret_cast<WordQuad*>(data);
  x.for_each(quads, [&](uint32_t q) { to[q] = from[q]; });
  const uint32_t done = quads * sizeof(WordQuad);
  x.for_each(n - done + kDataPadding, [&](uint32_t i) {
    data[done + i] = done + i < n ? source[done + i] : 0;
  });
}

// The sequences of one block. `reps` is the decoder's repcode state before it,
// `after` becomes the one behind it.
template <uint32_t kPreset, uint32_t kBlockBytes, class Exec>
GPU_ZSTD_FN BlockSequences find_block_sequences(
    Exec& x, FrameEncoderMemory<kPreset, kBlockBytes>& m, const uint8_t* source,
    uint32_t n, const RepHistory& reps, RepHistory& after) {
  load_block(x, source, n, m.data);
  end_stage(Stage::kLoad);
  m.lz77.n = n;
  m.lz77.hash_bits = hash_bits_of<kPreset>(n);
  return find_sequences(x, m.lz77, reps, after);
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
  x.single([&] { write_frame_header(job.out, n, job.checksum); });
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
    x.single([&] {
      write_block_header(job.out + end, block, size, b + 1 == blocks);
    });
    write_block_content(x, block, m.data, m.words,
                        job.out + end + kBlockHeaderBytes);
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
