// The quick parse: a position takes its match unless one of the next two
// positions of its row has a better one. Each position decides by itself:
//
//   gain       . . 9 30 . . . . 12 .      what a match saves
//   choice     . . - M  . . . . M  .      "-" gives way to the better one
//
// The parse follows the choices from position 0. A match taken is then extended
// to the left over literals, as far as they repeat at its offset, but not
// beyond its word of 32 positions.
//
// Lazy matching with look-ahead is zlib's; that of libzstd's lazy2 strategy has
// the same two steps.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lazy_choice.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"
#if defined(__CUDACC__)
#include "gpu_codec/device/lazy_parse_cuda.cuh"
#include "gpu_codec/device/lazy_search_cuda.cuh"
#endif

namespace gpu_zstd {

// Whether a block has the table of long grams, too.
template <uint32_t kPreset, class Index>
GPU_ZSTD_FN bool has_long_table(const Lz77Memory<kPreset, Index>& m) {
  return m.long_table.halves != nullptr &&
         m.n > kPresetTable[kPreset].long_above;
}

// Fills m.previous and, of blocks that have it, m.long_table, each by a warp of
// its own, in layouts for large blocks. They hash as they go: hashes made
// before would come back from the workspace too late.
template <uint32_t kPreset, class Exec, class Index, class Aside>
GPU_ZSTD_FN void insert_into_tables(Exec& x,
                                    const Lz77Memory<kPreset, Index>& m,
                                    const Aside& aside) {
  constexpr Preset kP = kPresetTable[kPreset];
  const LongTable& other = m.long_table;
  const bool both = has_long_table(m);
  x.phase([&](uint32_t thread) {
    clear_heads(m.table.heads, sizeof(*m.table.heads) << m.table.hash_bits,
                thread, x.threads());
    if (!both) return;
    clear_heads(other.heads, sizeof(*other.heads) << other.hash_bits, thread,
                x.threads());
  });
  const auto insert = [&](auto& warp, uint32_t table) {
    if (table == 0) {
      insert_section<kP.tables[0].gram, false>(
          warp, m.data, m.n, 0, m.lane_order, m.table, m.previous);
    } else {
      insert_long_grams<false>(warp, m.data, m.n, m.lane_order, other);
    }
  };
  insert_beside(x, both ? 2 : 1, insert, aside);
}

// The same of small blocks, whose arrays lie near, and which always have both:
// each section of the first by a warp, and the second by one.
template <uint32_t kPreset, class Exec, class Index, class Aside>
GPU_ZSTD_FN void insert_into_near_tables(Exec& x,
                                         const Lz77Memory<kPreset, Index>& m,
                                         const Aside& aside) {
  constexpr uint32_t kGram = kPresetTable[kPreset].tables[0].gram;
  const LongTable& other = m.long_table;
  x.prelude([&](uint32_t thread) {
    begin_long_insertion(m.data, m.n, other, thread, x.threads());
  });
  begin_insertion<kGram>(x, m.data, m.n, m.table, m.previous);
  const auto insert = [&](auto& warp, uint32_t part) {
    if (part < m.table.sections) {
      insert_section<kGram, kHashedBefore<Index>>(
          warp, m.data, m.n, part, m.lane_order, m.table, m.previous);
    } else {
      insert_long_grams<true>(warp, m.data, m.n, m.lane_order, other);
    }
  };
  insert_beside(x, m.table.sections + 1, insert, aside);
  if (m.table.sections == 1) return;
  look_at_first_section<kGram>(x, m.data, m.n, m.table, m.previous);
}

// Replaces each position's previous occurrence by the match there: an offset,
// 0 for none, and a length of at most kMaxParsedMatch. `period` as
// SearchPeriod finds it. On a GPU `starts` gets the choices.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void find_latest_matches(Exec& x,
                                     const Lz77Memory<kPreset, Index>& m,
                                     uint32_t period, uint32_t* starts) {
#if defined(__CUDACC__)
  const uint16_t* halves = has_long_table(m) ? m.long_table.halves : nullptr;
  const SearchedBlock<Index> block{
      m.data,     m.n,       period,
      m.previous, m.lengths, m.parse.exits,
      halves,     starts,    m.parse.parts != kWarpThreads,
      m.rows};
  search_rows(x, block, m.queues);
#else
  static_cast<void>(starts);
  const uint16_t* halves = has_long_table(m) ? m.long_table.halves : nullptr;
  x.for_each(m.n, [&](uint32_t i) {
    const Index latest = m.previous[i];
    const uint32_t j = latest != kNoPosition<Index> ? latest : i;
    const uint32_t found = halves == nullptr
                               ? latest_offset(m.data, i, j)
                               : latest_or_long_offset(m.data, i, j, halves[i]);
    const uint32_t offset = prefer_period(m.data, m.n, i, period, found);
    const uint32_t limit = smaller(m.n - i, kMaxParsedMatch);
    const uint32_t length =
        offset != 0 ? match_length(m.data, i, i - offset, limit) : 0;
    m.previous[i] = static_cast<Index>(offset);
    m.lengths[i] = static_cast<uint8_t>(length);
  });
#endif
}

// The parse, one position after the other. Sets the bits of `starts`; a match
// is where its first byte is after the extension.
template <class Index>
GPU_ZSTD_FN void parse_lazily_serially(const uint8_t* data, uint32_t n,
                                       uint32_t period, Index* offsets,
                                       uint8_t* lengths, uint32_t* starts) {
  const auto gain = [&](uint32_t i, uint32_t ahead) {
    const uint32_t k = i + ahead;
    const bool visible = k < n && i / kLazyRow == k / kLazyRow;
    return visible ? lazy_gain(offsets[k], lengths[k], period) : 0;
  };
  for (uint32_t w = 0; w < (n + 31) / 32; ++w) starts[w] = 0;
  uint32_t end = 0;  // of the last match
  for (uint32_t i = 0; i < n;) {
    if (!takes_match(gain(i, 0), gain(i, 1), gain(i, 2))) {
      ++i;
      continue;
    }
    const uint32_t word = i & ~31u;
    const uint32_t free = end > word ? end : word;
    end = i + lengths[i];
    const uint32_t start = extend_left(data, offsets, lengths, i, free);
    starts[start >> 5] |= 1u << (start & 31u);
    i = end;
  }
}

// The parse of all positions; see above. `period` as in find_latest_matches().
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void parse_lazily(Exec& x, const Lz77Memory<kPreset, Index>& m,
                              [[maybe_unused]] uint32_t period,
                              uint32_t* starts) {
#if defined(__CUDACC__)
  parse_lazily_in_words(x, m.data, m.n, m.previous, m.lengths, starts, m.parse);
#else
  x.single([&] {
    parse_lazily_serially(m.data, m.n, period, m.previous, m.lengths, starts);
  });
#endif
}

}  // namespace gpu_zstd
