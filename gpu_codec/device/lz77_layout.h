// What the front half of the encoder takes of shared memory and workspace, and
// where its pieces lie: for encoder_memory.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/sequence_section.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

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

// Of the sequences that are handed on (SequenceOutput), without literals.
inline constexpr size_t kSequenceBytes =
    2 * sizeof(uint16_t) + sizeof(uint32_t);

// Whether the lazy parse of such blocks has a second table, of long grams.
template <uint32_t kPreset, uint32_t kBlockBytes>
GPU_ZSTD_HOST_FN constexpr bool has_long_grams() {
  constexpr Preset kP = kPresetTable[kPreset];
  return kP.parse == Parse::kLazy && kBlockBytes > kP.long_above;
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
GPU_ZSTD_HOST_FN void carve_near_lazy(Lz77& z, uint8_t* arena, Carver& fast,
                                      Carver& slow) {
  constexpr uint32_t capacity = position_capacity(kBlockBytes);
  if constexpr (has_long_grams<kPreset, kBlockBytes>()) {
    z.long_table.heads = reinterpret_cast<uint16_t*>(
        arena + head_bytes<kPreset, kBlockBytes, kAlone>());
    constexpr uint32_t kSequences = max_matches<kPreset>(kBlockBytes);
    static_assert(
        sizeof(uint16_t) * capacity <=
            kSequenceBytes * kSequences + sequence_scratch_bytes(kSequences),
        "halves lie where the sequences will");
    Carver sequences = slow;
    z.long_table.halves =
        (kAlone ? fast : sequences).template take<uint16_t>(capacity);
  }
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

}  // namespace gpu_zstd
