// The memory that one CTA encodes in, laid out by the same functions that size
// it. See workspace.h for where the pieces lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/lz77_layout.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/sequence_section.h"
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
  using Index = PositionIndex<kBlockBytes <= kMediumBlockBytes>;
  static_assert(kMediumBlockBytes - 3 < kNoPosition<uint16_t>,
                "the last position with a gram of three bytes");

  uint8_t* data;
  Lz77Memory<kPreset, Index> lz77;
  BlockEncoderShared* entropy;
  Xxh64Shared* hash;
  SequenceScratch sequence_scratch;
  uint32_t* words;
};

// Bytes of the phase arena: the largest of its users.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
GPU_ZSTD_HOST_FN constexpr size_t arena_bytes() {
  constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  constexpr bool kLazy = kPresetTable[kPreset].parse == Parse::kLazy;
  // The fields of large blocks' sequences lie over the data.
  const uint32_t sequences = kSmall ? max_matches<kPreset>(kBlockBytes) : 0;
  size_t most = sizeof(BlockEncoderShared) - spare_field_bytes(sequences);
  const size_t heads = head_bytes<kPreset, kBlockBytes, kAlone>() +
                       (has_long_grams<kPreset, kBlockBytes>()
                            ? sizeof(uint16_t) << long_hash_bits_of(kBlockBytes)
                            : 0);
  if (sizeof(Xxh64Shared) > most) most = sizeof(Xxh64Shared);
  if (heads > most) most = heads;
  if (kLazy) {
    const size_t lazy =
        kSmall ? near_lazy_arena_bytes<kPreset, kBlockBytes, kAlone>()
               : far_lazy_arena_bytes<kPreset, kBlockBytes>();
    return lazy > most ? lazy : most;
  }
  constexpr MatchLengths kLengths = kPresetTable[kPreset].lengths;
  const size_t walk =
      ring_columns(kBlockBytes) *
      (sizeof(uint16_t) * kDpRing + sizeof(int32_t) * dp_way_rows(kLengths));
  if (walk > most) most = walk;
  constexpr uint32_t kThreads = cta_shape(kPreset, kBlockBytes, kAlone).threads;
  const size_t entries = parse_entry_bytes(kBlockBytes);
  const size_t parse = entries + kExitRowBytes * kThreads +
                       (kSmall ? position_capacity(kBlockBytes) : 0);
  if (parse > most) most = parse;
  const size_t list = entries + list_item_bytes<kPreset>(kBlockBytes);
  if (kSmall && list > most) most = list;
  const size_t runs =
      kRunScratchBytes * cta_warps<kPreset, kBlockBytes, kAlone>();
  if (runs > most) most = runs;
  return most;
}

// Fields for as many sequences as find room in `bytes` of memory.
GPU_ZSTD_HOST_FN SequenceFields fields_within(uint8_t* memory, uint32_t bytes) {
  constexpr uint32_t kGroupBytes =
      kSequenceTables * sizeof(uint16_t) * kFieldGroup;
  return {reinterpret_cast<uint16_t*>(memory),
          bytes / kGroupBytes * kFieldGroup};
}

// Lays out the memory for blocks of up to `kBlockBytes`: `fast` is shared
// memory, `slow` the workspace of one CTA. `kAlone`: the CTA has a
// multiprocessor to itself; then it takes more shared memory.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone = false>
GPU_ZSTD_HOST_FN FrameEncoderMemory<kPreset, kBlockBytes> carve_encoder(
    Carver& fast, Carver& slow) {
  using Memory = FrameEncoderMemory<kPreset, kBlockBytes>;
  using Lz77 = Lz77Memory<kPreset, typename Memory::Index>;
  constexpr bool kSmall = Memory::kSmall;
  static_assert(kSmall || !kAlone);
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  Memory m{};
  m.data = fast.take<uint8_t>(capacity + kDataPadding);
  uint8_t* arena =
      fast.take<uint8_t>(arena_bytes<kPreset, kBlockBytes, kAlone>());
  m.entropy = reinterpret_cast<BlockEncoderShared*>(arena);
  m.hash = reinterpret_cast<Xxh64Shared*>(arena);
  Lz77& z = m.lz77;
  z.data = m.data;
  z.table = {reinterpret_cast<uint32_t*>(arena),
             hash_bits_of<kPreset>(kBlockBytes), kAlone ? kAloneSections : 1,
             kSmall && !kAlone && kPresetTable[kPreset].parse == Parse::kLazy};
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
    if constexpr (kSmall) {
      carve_near_lazy<kPreset, kBlockBytes, kAlone>(z, arena, fast, slow);
    } else {
      carve_far_lazy<kPreset, kBlockBytes>(z, arena, slow);
    }
  } else {
    carve_optimal<kPreset, kBlockBytes, kAlone>(z, arena, fast, slow);
  }
  z.period = fast.take<PeriodShared>(1);
  z.emit = fast.take<EmitShared>(1);
  constexpr uint32_t sequences = max_matches<kPreset>(kBlockBytes);
  z.out.lit_lengths = slow.take<uint16_t>(sequences);
  z.out.match_lengths = slow.take<uint16_t>(sequences);
  z.out.off_bases = slow.take<uint32_t>(sequences);
  if constexpr (spare_field_bytes(sequences) > 0) {
    m.sequence_scratch.near = {nullptr, padded_fields(sequences)};
  } else {
    m.sequence_scratch = carve_sequence_scratch(
        slow.take<uint8_t>(sequence_scratch_bytes(sequences)), sequences);
  }
  if constexpr (!kSmall) {
    m.sequence_scratch.near = fields_within(m.data, capacity);
  }
  return m;
}

}  // namespace gpu_zstd
