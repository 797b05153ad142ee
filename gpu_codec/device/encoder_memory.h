// The memory that one CTA encodes in, laid out by the same functions that size
// it. See workspace.h for where the pieces lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/insert.h"
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

GPU_ZSTD_HOST_FN constexpr size_t parse_entry_bytes(uint32_t block_bytes) {
  return sizeof(uint32_t) * (block_bytes / 32 + 4);
}

// Of run_lengths_cuda.cuh, by warp.
inline constexpr size_t kRunScratchBytes = 5 * 32 * kStretchGroups;

// Of lazy_search_cuda.cuh, by warp.
inline constexpr size_t kTailQueueBytes = 1024;
inline constexpr size_t kLazyRowBytes = 3 * kLazyRow;
#if defined(__CUDACC__)
static_assert(sizeof(TailQueue) == kTailQueueBytes);
static_assert(sizeof(LazyRow) == kLazyRowBytes);
#endif

// Most matches of a parse of `block_bytes`.
template <uint32_t kPreset>
GPU_ZSTD_HOST_FN constexpr uint32_t max_matches(uint32_t block_bytes) {
  constexpr Preset kP = kPresetTable[kPreset];
  const uint32_t shortest = kP.parse == Parse::kLazy ? kP.min_match : kMinMatch;
  return block_bytes / shortest + 1;
}

// Warps of a CTA; see tuning.h.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
GPU_ZSTD_HOST_FN constexpr uint32_t cta_warps() {
  return cta_shape(kPreset, kBlockBytes, kAlone).threads / kWarpThreads;
}

// What a list of the matches of `block_bytes` has by match.
template <uint32_t kPreset>
GPU_ZSTD_HOST_FN constexpr size_t list_item_bytes(uint32_t block_bytes) {
  return 2 * sizeof(uint32_t) * (max_matches<kPreset>(block_bytes) + 4);
}

// What the lazy parse of small blocks has in the phase arena: the lengths, and
// behind them exits, entries and queues, then the list.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
GPU_ZSTD_HOST_FN constexpr size_t near_lazy_arena_bytes() {
  constexpr size_t positions = position_capacity(kBlockBytes);
  constexpr size_t parse =
      positions + parse_entry_bytes(kBlockBytes) + Carver::kAlignment +
      kTailQueueBytes * cta_warps<kPreset, kBlockBytes, kAlone>();
  constexpr size_t list = list_item_bytes<kPreset>(kBlockBytes);
  return positions + (parse > list ? parse : list);
}

// Of large blocks: the bits of the list, and behind them first the search's
// queues and rows, then how many bits are before each word, and entries.
template <uint32_t kPreset, uint32_t kBlockBytes>
GPU_ZSTD_HOST_FN constexpr size_t far_lazy_arena_bytes() {
  constexpr bool kMedium = kBlockBytes <= kMediumBlockBytes;
  constexpr size_t words = parse_entry_bytes(kBlockBytes) + Carver::kAlignment;
  constexpr size_t search = (kTailQueueBytes + (kMedium ? kLazyRowBytes : 0)) *
                            cta_warps<kPreset, kBlockBytes, false>();
  return words + (search > 2 * words ? search : 2 * words);
}

// Bytes of the heads of a preset's tables of four bytes and the like.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
GPU_ZSTD_HOST_FN constexpr size_t head_bytes() {
  return (kAlone ? kAloneSections : 1) * sizeof(uint32_t)
         << hash_bits_of<kPreset>(kBlockBytes);
}

// Bytes of the phase arena: the largest of its users.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
GPU_ZSTD_HOST_FN constexpr size_t arena_bytes() {
  constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  constexpr bool kLazy = kPresetTable[kPreset].parse == Parse::kLazy;
  // The fields of large blocks' sequences lie over the data.
  const uint32_t sequences = kSmall ? max_matches<kPreset>(kBlockBytes) : 0;
  size_t most = sizeof(BlockEncoderShared) - spare_field_bytes(sequences);
  const size_t heads =
      head_bytes<kPreset, kBlockBytes, kAlone>() +
      (kLazy && !kSmall ? sizeof(uint16_t) << long_hash_bits_of(kBlockBytes)
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

// Words of a bit for each position of a block, and one more.
GPU_ZSTD_HOST_FN constexpr uint32_t mask_words(uint32_t block_bytes) {
  return block_bytes / 32 + 2;
}

// Lays out a list of up to `matches`. `masks` and `items` are the memories for
// what is looked at by position and by match.
GPU_ZSTD_HOST_FN MatchList carve_list(uint32_t block_bytes, uint32_t matches,
                                      Carver& masks, Carver& items) {
  const uint32_t words = mask_words(block_bytes);
  MatchList list{};
  list.starts = masks.take<uint32_t>(words);
  list.before = masks.take<uint32_t>(words);
  list.words = items.take<uint32_t>(matches);
  list.positions = items.take<uint32_t>(matches);
  return list;
}

// The lists of the last parse and of the one that is made by it. Of the last
// one only places and repcodes are asked for while the matches are listed.
GPU_ZSTD_HOST_FN void carve_lists(uint32_t block_bytes, uint32_t matches,
                                  Carver& masks, Carver& items, Carver& slow,
                                  MatchList (&lists)[2]) {
  lists[0] = carve_list(block_bytes, matches, masks, items);
  lists[0].intervals = slow.take<RepInterval>(matches + 1);
  lists[1] = lists[0];
  lists[1].starts = masks.take<uint32_t>(mask_words(block_bytes));
  lists[1].before = masks.take<uint32_t>(mask_words(block_bytes));
}

// What the lazy parse of small blocks has besides the positions' previous
// occurrences.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone, class Lz77>
GPU_ZSTD_HOST_FN void carve_near_lazy(Lz77& z, uint8_t* arena, Carver& fast) {
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  Carver first(arena);
  z.lengths = first.take<uint8_t>(capacity);
  // The list, made when the parse is done, begins where the lengths end, too.
  Carver parse = first;
  Carver items = first;
  z.parse.exits = parse.take<uint8_t>(capacity);
  z.parse.entries = parse.take<uint32_t>(kBlockBytes / 32 + 4);
  z.parse.parts = kWarpThreads;
#if defined(__CUDACC__)
  z.queues = parse.take<TailQueue>(cta_warps<kPreset, kBlockBytes, kAlone>());
#endif
  z.lists[0] =
      carve_list(kBlockBytes, max_matches<kPreset>(kBlockBytes), fast, items);
}

// The same of large blocks.
template <uint32_t kPreset, uint32_t kBlockBytes, class Lz77>
GPU_ZSTD_HOST_FN void carve_far_lazy(Lz77& z, uint8_t* arena, Carver& slow) {
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  z.long_table.heads = reinterpret_cast<uint16_t*>(
      arena + head_bytes<kPreset, kBlockBytes, false>());
  z.long_table.halves = slow.take<uint16_t>(capacity);
  z.lengths = slow.take<uint8_t>(capacity);
  z.parse.exits = slow.take<uint8_t>(capacity);
  z.parse.parts = kFarParseParts;
  Carver masks(arena);
  z.lists[0] =
      carve_list(kBlockBytes, max_matches<kPreset>(kBlockBytes), masks, slow);
  Carver parse = masks;
  z.parse.entries = parse.take<uint32_t>(kBlockBytes / 32 + 4);
#if defined(__CUDACC__)
  constexpr uint32_t kWarps = cta_warps<kPreset, kBlockBytes, false>();
  Carver search(arena);
  search.take<uint32_t>(mask_words(kBlockBytes));  // the list's bits
  z.queues = search.take<TailQueue>(kWarps);
  if (kBlockBytes <= kMediumBlockBytes) z.rows = search.take<LazyRow>(kWarps);
#endif
}

// What the backward DP has besides the positions' previous occurrences.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone, class Lz77>
GPU_ZSTD_HOST_FN void carve_optimal(Lz77& z, uint8_t* arena, Carver& fast,
                                    Carver& slow) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr bool kSmall = kBlockBytes <= kSmallBlockBytes;
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  Carver walk(arena);
  z.walk.columns = ring_columns(kBlockBytes);
  z.walk.costs = walk.take<uint16_t>(kDpRing * z.walk.columns);
  z.walk.ways = walk.take<int32_t>(dp_way_rows(kP.lengths) * z.walk.columns);
  if (kP.passes > 1) z.walk.kept = slow.take<uint16_t>(capacity);
  for (uint32_t k = 0; k < 2; ++k) {
    z.longest[k] = slow.take<uint32_t>(capacity);
    if (kP.slots > 1) z.nearest[k] = slow.take<uint32_t>(capacity);
  }
#if defined(__CUDACC__)
  z.runs = reinterpret_cast<RunScratch*>(arena);
#endif
  z.segments = capacity / kDpSegment;
  Carver parse(arena);
  z.parse.entries = parse.take<uint32_t>(kBlockBytes / 32 + 4);
  // The matches, listed when a parse is done, begin where its entries end.
  Carver items = parse;
  carve_lists(kBlockBytes, max_matches<kPreset>(kBlockBytes),
              kSmall ? fast : slow, kSmall ? items : slow, slow, z.lists);
  z.parse.rows = parse.take<uint8_t>(
      kExitRowBytes * cta_shape(kPreset, kBlockBytes, kAlone).threads);
  z.parse.parts = kSmall ? kWarpThreads : kFarParseParts;
  z.parse.exits = (kSmall ? parse : slow).template take<uint8_t>(capacity);
  if constexpr (kAlone && kP.table_count > 1) {
    using Index = std::remove_pointer_t<decltype(z.previous)>;
    static_assert(kAloneSections * sizeof(Index) * kBlockBytes <=
                      head_bytes<kPreset, kBlockBytes, true>(),
                  "a third one lies over a section's heads");
    z.second_previous = fast.take<Index>(capacity);
  }
  z.rep_lengths = slow.take<typename Lz77::RepWord>(capacity);
  z.prices = fast.take<PriceShared>(1);
  z.price_table = fast.take<PriceTable>(1);
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
      carve_near_lazy<kPreset, kBlockBytes, kAlone>(z, arena, fast);
    } else {
      carve_far_lazy<kPreset, kBlockBytes>(z, arena, slow);
    }
  } else {
    carve_optimal<kPreset, kBlockBytes, kAlone>(z, arena, fast, slow);
  }
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
