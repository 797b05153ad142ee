// Writes a parse as the sequences and literals of a zstd block.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/sequences.h"

namespace gpu_zstd {

// Where emit_sequences writes; capacities as the parse's list of matches,
// literals n.
struct SequenceOutput {
  uint16_t* lit_lengths;
  uint16_t* match_lengths;
  uint32_t* off_bases;
  uint8_t* literals;
};

// What one thread tells all.
struct EmitShared {
  uint32_t long_place;
};

// True where match k is not merely a continuation of the one before.
GPU_ZSTD_FN bool begins_sequence(const MatchList& list, uint32_t k) {
  return k == 0 || run_before(list, k) != 0 ||
         candidate_offset(list.words[k]) != candidate_offset(list.words[k - 1]);
}

// The place of the last match that goes on with match k.
GPU_ZSTD_FN uint32_t last_merged(const MatchList& list, uint32_t k) {
  while (k + 1 < list.count && !begins_sequence(list, k + 1)) ++k;
  return k;
}

// Merges neighbours of equal offset and names repcodes. Returns the number of
// sequences; `after` becomes the repcodes' state behind them.
template <class Exec>
GPU_ZSTD_FN uint32_t write_sequences_of(Exec& x, const MatchList& list,
                                        const RepHistory& reps,
                                        EmitShared& shared,
                                        const SequenceOutput& out,
                                        RepHistory& after) {
  const uint32_t share = history_share(list.count, x.threads());
  typename Exec::template PerThread<uint32_t> next(x);
  x.phase([&](uint32_t t) {
    const uint32_t end = smaller((t + 1) * share, list.count);
    uint32_t heads = 0;
    for (uint32_t k = t * share; k < end; ++k) {
      heads += begins_sequence(list, k) ? 1 : 0;
    }
    next[t] = heads;
    if (t == 0) shared.long_place = kNoLongLength;
  });
  const uint32_t count = x.exclusive_sum(next);
  after = visit_histories(
      x, list.words, list.count, share, reps,
      [&](uint32_t t, uint32_t k, const RepHistory& h, uint32_t offset) {
        if (!begins_sequence(list, k)) return;
        const uint32_t s = next[t]++;
        const uint32_t run = run_before(list, k);
        const uint32_t length = match_end(list, last_merged(list, k)) -
                                list.positions[k] - kMinMatch;
        out.lit_lengths[s] = static_cast<uint16_t>(run);
        out.match_lengths[s] = static_cast<uint16_t>(length);
        out.off_bases[s] = resolve_offset(h, offset, run);
        if (run >= kLongLengthExcess) shared.long_place = 2 * s;
        if (length >= kLongLengthExcess) shared.long_place = 2 * s + 1;
      });
  return count;
}

// Copies the literals together. Afterwards list.starts tells which positions
// are literals and list.before how many are before each word.
template <class Exec>
GPU_ZSTD_FN uint32_t gather_literals(Exec& x, const uint8_t* data, uint32_t n,
                                     const MatchList& list, uint8_t* literals) {
  const uint32_t words = (n + 31) >> 5;
  const uint32_t per_thread = (words + x.threads() - 1) / x.threads();
  typename Exec::template PerThread<uint32_t> first(x);
  const auto end_of = [&](uint32_t t) {
    return smaller((t + 1) * per_thread, words);
  };
  x.phase([&](uint32_t t) {
    uint32_t count = 0;
    for (uint32_t w = t * per_thread; w < end_of(t); ++w) {
      const uint32_t mask = literal_mask(list, w, n);
      list.starts[w] = mask;
      count += count_ones(mask);
    }
    first[t] = count;
  });
  const uint32_t total = x.exclusive_sum(first);
  x.phase([&](uint32_t t) {
    uint32_t before = first[t];
    for (uint32_t w = t * per_thread; w < end_of(t); ++w) {
      list.before[w] = before;
      before += count_ones(list.starts[w]);
    }
  });
  // A thread for four positions, and for some of these at a time: neither do
  // lanes wait for one that has more literals, nor loads for each other.
  constexpr uint32_t kTogether = 4;
  const uint32_t quads = (n + 3) / 4;
  const uint32_t* data_words = reinterpret_cast<const uint32_t*>(data);
  x.phase([&](uint32_t t) {
    GPU_ZSTD_NO_UNROLL
    for (uint32_t q = t; q < quads; q += kTogether * x.threads()) {
      uint32_t masks[kTogether];
      uint32_t to[kTogether];
      uint32_t bytes[kTogether];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint32_t at = q + k * x.threads();
        const uint32_t i = at < quads ? at : q;
        masks[k] = at < quads ? list.starts[i / 8] : 0;
        to[k] = list.before[i / 8];
        bytes[k] = data_words[i];
      }
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint32_t bit = 4 * (q + k * x.threads()) % 32;
        uint8_t* out = literals + to[k] + count_ones(masks[k] & low_bits(bit));
        GPU_ZSTD_UNROLL
        for (uint32_t b = 0; b < 4; ++b) {
          if ((masks[k] >> (bit + b) & 1) == 0) continue;
          *out++ = static_cast<uint8_t>(bytes[k] >> (8 * b));
        }
      }
    }
  });
  return total;
}

// The block's sequences from its final parse. `reps` is the state of the
// repcodes before the block, `after` becomes the one behind it.
template <class Exec>
GPU_ZSTD_FN BlockSequences emit_sequences(Exec& x, const uint8_t* data,
                                          uint32_t n, const MatchList& list,
                                          const RepHistory& reps,
                                          EmitShared& shared,
                                          const SequenceOutput& out,
                                          RepHistory& after) {
  BlockSequences result{};
  result.count = write_sequences_of(x, list, reps, shared, out, after);
  result.literal_bytes = gather_literals(x, data, n, list, out.literals);
  result.source = data;
  result.source_bytes = n;
  result.lit_lengths = out.lit_lengths;
  result.match_lengths = out.match_lengths;
  result.off_bases = out.off_bases;
  result.literals = out.literals;
  result.long_place = shared.long_place;
  return result;
}

}  // namespace gpu_zstd
