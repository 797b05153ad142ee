// Lists the matches that a parse takes, and what follows from the list.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/repcodes.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/words.h"

namespace gpu_zstd {

// Where a choice's offset is found: the candidate slots, and the parse that
// predicted the repcodes.
struct ChoiceContext {
  const uint16_t* choices;
  const uint32_t* nearest;
  const uint32_t* longest;
  uint32_t segments;  // see walk_place()
  MatchList* last;    // null: the period stands for a repcode
  uint32_t period;
};

// The match chosen at position i as a candidate word.
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t resolve_choice(const ChoiceContext& c, uint32_t i) {
  const uint32_t choice = c.choices[choice_place(i)];
  const uint32_t place = walk_place<kPreset>(i, c.segments);
  const uint32_t source = choice_source(choice);
  uint32_t offset;
  if (source == kFromLongest) {
    offset = candidate_offset(c.longest[place]);
  } else if (source == kFromNearest) {
    offset = candidate_offset(c.nearest[place]);
  } else if (c.last == nullptr) {
    offset = c.period;
  } else {
    const uint32_t k = matches_done(*c.last, i);
    offset = candidate_offset(c.last->intervals[k].repcodes[source]);
  }
  return make_candidate(offset, choice_length(choice));
}

// Fills list.before, positions, words and count from list.starts. `match_at(i)`
// is the candidate word of a match that starts at position i.
template <class Exec, class MatchAt>
GPU_ZSTD_FN void list_matches(Exec& x, uint32_t n, MatchAt match_at,
                              MatchList& list) {
  const uint32_t words = (n + 31) >> 5;
  const uint32_t per_thread = (words + x.threads() - 1) / x.threads();
  typename Exec::template PerThread<uint32_t> first(x);
  const auto end_of = [&](uint32_t t) {
    return smaller((t + 1) * per_thread, words);
  };
  x.phase([&](uint32_t t) {
    uint32_t count = 0;
    for (uint32_t w = t * per_thread; w < end_of(t); ++w) {
      count += count_ones(list.starts[w]);
    }
    first[t] = count;
  });
  list.count = x.exclusive_sum(first);
  x.phase([&](uint32_t t) {
    if (t == 0) {
      list.starts[words] = 0;
      list.before[words] = list.count;
    }
    uint32_t k = first[t];
    for (uint32_t w = t * per_thread; w < end_of(t); ++w) {
      list.before[w] = k;
      for (uint32_t bits = list.starts[w]; bits != 0; bits &= bits - 1) {
        list.positions[k++] = w * 32 + lowest_bit(bits);
      }
    }
  });
  // By match, not by word: these loads may be far and depend on each other.
  x.for_each(list.count,
             [&](uint32_t k) { list.words[k] = match_at(list.positions[k]); });
}

GPU_ZSTD_FN uint32_t match_end(const MatchList& list, uint32_t k) {
  return list.positions[k] + candidate_length(list.words[k]);
}

// Literals before match k.
GPU_ZSTD_FN uint32_t run_before(const MatchList& list, uint32_t k) {
  return list.positions[k] - (k == 0 ? 0 : match_end(list, k - 1));
}

// Bit b is set where position 32 * w + b is a literal.
GPU_ZSTD_FN uint32_t literal_mask(const MatchList& list, uint32_t w,
                                  uint32_t n) {
  const uint32_t begin = w * 32;
  const uint32_t size = smaller(32, n - begin);
  uint32_t k = list.before[w];
  uint32_t covered = k > 0 ? match_end(list, k - 1) : 0;
  uint32_t mask = 0;
  uint32_t b = covered > begin ? covered - begin : 0;
  uint32_t bits = list.starts[w];
  while (b < size) {
    const uint32_t start = bits != 0 ? lowest_bit(bits) : size;
    mask |= low_bits(start) & ~low_bits(b);
    if (bits == 0) break;
    bits &= bits - 1;
    b = match_end(list, k++) - begin;
  }
  return mask;
}

// Adds the literals of a parse, given as bits, to `counts`.
template <class Exec>
GPU_ZSTD_FN void count_literals(Exec& x, const uint8_t* data, uint32_t n,
                                const uint32_t* literals, uint32_t* counts) {
  x.for_each((n + 3) / 4, [&](uint32_t group) {
    alignas(4) uint8_t bytes[4];
    load4(data + 4 * group, bytes);
    const uint32_t bits = literals[group / 8] >> (group % 8 * 4);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < 4; ++k) {
      if ((bits >> k & 1u) != 0) x.add(&counts[bytes[k]], 1u);
    }
  });
}

// A greedy parse looks for no repcodes and takes no match of three bytes, so
// that by its symbols they would seem dear; this counts some as a better one
// has. Where many of its matches are near, the block has tables of small
// records, whose better parse takes many of three bytes.
template <class Exec>
GPU_ZSTD_FN void expect_better_parse(Exec& x, uint32_t matches,
                                     SymbolCounts& counts) {
  x.single([&] {
    counts.offsets[0] += matches / 2;
    counts.offsets[1] += matches / 4;
    uint32_t near = 0;
    for (uint32_t code = 2; code <= kNearCode; ++code) {
      near += counts.offsets[code];
    }
    const uint32_t share = matches > 0 ? near * 64 / matches : 0;
    counts.match_lengths[match_length_code(kMinMatch)] +=
        matches / 64 + near * share / 8;
  });
}

// Offsets of the two matches behind one; 0 where there is none.
struct OffsetsAhead {
  uint32_t next;
  uint32_t second;
};

// The candidate word `word` at position i after `run` literals, with the offset
// of a repcode instead where that matches as long, else with that of one of the
// next two matches, where that does: that match is then a repcode, or the two
// are one.
GPU_ZSTD_FN uint32_t prefer_repcode(const uint8_t* data, const RepHistory& h,
                                    uint32_t i, uint32_t word, uint32_t run,
                                    const OffsetsAhead& ahead) {
  const uint32_t length = candidate_length(word);
  // A match that merely goes on with the last one will be merged with it.
  if (run == 0 && candidate_offset(word) == h.offsets[0]) return word;
  if (resolve_offset(h, candidate_offset(word), run) <= kRepcodes) return word;
  // Eight bytes of all first: their loads do not wait for each other, and few
  // matches are longer.
  constexpr uint32_t kTries = kRepcodes + 2;
  const uint32_t offsets[kTries] = {
      rep_offset(h, 0, run), rep_offset(h, 1, run), rep_offset(h, 2, run),
      ahead.next, ahead.second};
  const EightBytes own = read64(data, i);
  const uint32_t low = length < 4 ? low_bits(8 * length) : ~0u;
  const uint32_t high = length < 4   ? 0
                        : length < 8 ? low_bits(8 * (length - 4))
                                     : ~0u;
  uint32_t left = 0;  // a bit for each that may match
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kTries; ++r) {
    const uint32_t offset = offsets[r];
    const bool exists = offset != 0 && offset <= i;
    const EightBytes other = read64(data, exists ? i - offset : i);
    const uint32_t differ =
        ((own.low ^ other.low) & low) | ((own.high ^ other.high) & high);
    left |= exists && differ == 0 ? 1u << r : 0;
  }
  GPU_ZSTD_NO_UNROLL
  for (; left != 0; left &= left - 1) {
    uint32_t offset = offsets[kTries - 1];
    GPU_ZSTD_UNROLL
    for (uint32_t r = kTries - 1; r-- > 0;) {
      if ((left >> r & 1u) != 0) offset = offsets[r];
    }
    if (length <= 8 ||
        match_length_beyond(data, i, i - offset, 8, length) == length) {
      return make_candidate(offset, length);
    }
  }
  return word;
}

// Replaces offsets by ones that are repcodes, or will make others so, where
// those match as long. `reps` is the state before the first match. Of kGroup
// matches each goes by what came out for those before it, the first by the list
// as it was, so that nothing depends on the number of threads.
template <uint32_t kGroup, class Exec>
GPU_ZSTD_FN void prefer_repcodes(Exec& x, const uint8_t* data,
                                 const RepHistory& reps, MatchList& list) {
  const auto offset_of = [&](uint32_t k) {
    return k < list.count ? candidate_offset(list.words[k]) : 0;
  };
  // Where the match before a thread's first ends and the offsets of those
  // behind its last, read before visit_histories() has its barrier and writes.
  typename Exec::template PerThread<uint32_t> end(x);
  typename Exec::template PerThread<OffsetsAhead> behind(x);
  const uint32_t share =
      (history_share(list.count, x.threads()) + kGroup - 1) / kGroup * kGroup;
  x.prelude([&](uint32_t t) {
    const uint32_t first = t * share;
    if (first > 0 && first < list.count) end[t] = match_end(list, first - 1);
    behind[t] = {offset_of(first + share), offset_of(first + share + 1)};
  });
  const auto still_offset_of = [&](uint32_t t, uint32_t k) {
    const uint32_t stop = (t + 1) * share;
    if (k < stop) return offset_of(k);
    return k == stop ? behind[t].next : behind[t].second;
  };
  typename Exec::template PerThread<RepHistory> made(x);
  visit_histories(x, list.words, list.count, share, reps,
                  [&](uint32_t t, uint32_t k, const RepHistory& h, uint32_t) {
                    const uint32_t i = list.positions[k];
                    const uint32_t word = list.words[k];
                    if (k % kGroup == 0) made[t] = h;
                    const OffsetsAhead ahead{still_offset_of(t, k + 1),
                                             still_offset_of(t, k + 2)};
                    const uint32_t replaced = prefer_repcode(
                        data, made[t], i, word, i - end[t], ahead);
                    push_offset(made[t], candidate_offset(replaced));
                    list.words[k] = replaced;
                    end[t] = i + candidate_length(word);
                  });
}

}  // namespace gpu_zstd
