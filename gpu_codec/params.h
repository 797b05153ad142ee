// Numbers that change the bytes of a frame: how matches are looked for and how
// a block is parsed, by level. What only changes speed is in tuning.h.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr int kMinLevel = 1;
inline constexpr int kMaxLevel = 22;

// A match of a parse is at most this long; longer ones come from merging
// neighbours of equal offset.
inline constexpr uint32_t kMaxParsedMatch = 255;

// The shortest match of the lazy parse.
inline constexpr uint32_t kLazyMinMatch = 4;
// It leaves a match for that of the next position or the one after it if that
// saves so many quarter bytes more.
inline constexpr uint32_t kLazyStep = 1;
inline constexpr uint32_t kLazyStep2 = 4;
// It does not look beyond its row of so many positions.
inline constexpr uint32_t kLazyRow = 512;

// Records of a fixed size (period.h): the longest, and at how many of a block's
// positions one is looked for.
inline constexpr uint32_t kMaxPeriod = 64;
struct PeriodSpec {
  uint32_t samples;  // a multiple of kPeriodParts
  uint32_t share;    // of kPeriodParts of them, that repeat
};
inline constexpr uint32_t kPeriodParts = 16;
// Bytes that a match at the period may be shorter than another, as far as eight
// bytes tell, and quarter bytes that it saves beyond its length.
inline constexpr uint32_t kPeriodSlack = 1;
inline constexpr uint32_t kPeriodGain = 6;
// Quarters of what coming back to it costs that the DP's other matches pay.
inline constexpr int32_t kWayBackQuarters = 3;

// Limits of the literals' code lengths that are tried: the longest, and how
// many from it down. Small blocks have too few literals for the longest to pay.
struct HuffmanLimits {
  uint32_t longest;
  uint32_t count;
};
inline constexpr uint32_t kMaxHuffmanLimits = 6;
GPU_ZSTD_HOST_FN constexpr HuffmanLimits huffman_limits(uint32_t block_bytes) {
  return block_bytes <= 4096
             ? HuffmanLimits{10, 4}
             : HuffmanLimits{kMaxHuffmanBits, kMaxHuffmanLimits};
}

// The second table of the lazy parse, of long grams (Preset::long_above): the
// latest occurrence of four bytes is often not that of more. Its positions do
// not see earlier ones of their own group.
inline constexpr uint32_t kLongGram = 8;
inline constexpr uint32_t kLongGroup = 64;

// The backward DP works on segments of this many positions.
inline constexpr uint32_t kDpSegment = 64;
// Costs are kept for this many positions ahead; what lies beyond is taken to
// cost as much as the last of them.
inline constexpr uint32_t kDpRing = 64;
// Where all lengths of a match are tried, they are those below this.
inline constexpr uint32_t kShortLengths = 13;
// The code of the farthest offsets that count as near, 28 bytes at most, where
// a block is looked at for tables of small records.
inline constexpr uint32_t kNearCode = 4;
// Prices are in 1/16 bit.
inline constexpr uint32_t kPriceLog = 4;

// Where two candidates are kept, tables but the last compare this far.
inline constexpr uint32_t kFirstCap = 16;

// A search that compares so far takes eight bytes at once.
inline constexpr uint32_t kShortCompare = 8;
// Positions that inherit their right neighbours' matches in turn; a match of
// nice length is taken without a look at others.
inline constexpr uint32_t kInheritRow = 36;
inline constexpr uint32_t kNiceLength = 32;
// How many rows a match reaches to the left beyond its own.
inline constexpr uint32_t kInheritRows = 3;

inline constexpr uint32_t kMaxTables = 3;

// A table of all grams of `gram` bytes, searched `depth` occurrences back.
struct TableSpec {
  uint32_t gram;
  uint32_t depth;
};

enum class MatchLengths : uint32_t {
  kLight,  // the longest and one less
  kFull    // all below kShortLengths, and some of the longest
};

enum class Parse : uint32_t {
  kLazy,    // the latest match, if the next positions have no better one
  kOptimal  // backward DP
};

// What has a default of 0 has no meaning to some presets.
struct Preset {
  Parse parse;
  TableSpec tables[kMaxTables];
  uint32_t table_count;
  uint32_t slots;        // candidates kept at a position: the best, or
                         // the nearest and the longest
  uint32_t min_match;    // shortest match that is not a repcode's
  uint32_t search_cap;   // a chain's search compares this far, then takes what
                         // it has
  uint32_t passes = 0;   // of the backward DP
  MatchLengths lengths;  // lengths tried
  // Where all short lengths are tried, so many of the longest match's, the
  // longest, and of those of the longest match at a repcode.
  uint32_t long_tries = 0;
  uint32_t long_rep_tries = 0;
  uint32_t reps;        // repcodes the DP tries
  uint32_t rep_rounds;  // of replacing offsets by repcodes after the parse
  uint32_t rep_group;   // matches of which each sees those before replaced
  PeriodSpec period;
  uint32_t window = 0;  // positions the DP looks beyond its segment in its
                        // first pass, after which the last one's costs tell
  TableLogs table_logs = {};
  uint32_t long_above = 0;  // the lazy parse of blocks above this size has a
                            // second table, of long grams
};

// Of those that parse lazily.
constexpr Preset lazy_preset(uint32_t gram, uint32_t long_above) {
  return {.parse = Parse::kLazy,
          .tables = {{gram, 1}},
          .table_count = 1,
          .slots = 1,
          .min_match = kLazyMinMatch,
          .search_cap = 255,
          .lengths = MatchLengths::kLight,
          .reps = 1,
          .rep_rounds = 1,
          .rep_group = 1,
          .period = {.samples = 64, .share = 6},
          // Smaller tables have fewer states to run a chain from.
          .table_logs = {.lit_lengths = 7, .offsets = 7, .match_lengths = 8},
          .long_above = long_above};
}

// Presets from the quickest to the strongest.
inline constexpr uint32_t kPresets = 6;
inline constexpr Preset kPresetTable[kPresets] = {
    // clang-format off
    lazy_preset(5, 16u << 10),
    lazy_preset(4, 4u << 10),
    {.parse = Parse::kOptimal,
     .tables = {{4, 3}},
     .table_count = 1,
     .slots = 1,
     .min_match = 4,
     .search_cap = kShortCompare,
     .passes = 1,
     .lengths = MatchLengths::kLight,
     .reps = 1,
     .rep_rounds = 1,
     .rep_group = 4,
     .period = {.samples = 128, .share = 2},
     .window = 24},
    {.parse = Parse::kOptimal,
     .tables = {{3, 2}, {8, 4}},
     .table_count = 2,
     .slots = 2,
     .min_match = 3,
     .search_cap = 32,
     .passes = 2,
     .lengths = MatchLengths::kFull,
     .long_tries = 3,
     .long_rep_tries = 2,
     .reps = 3,
     .rep_rounds = 2,
     .rep_group = 8,
     .period = {.samples = 128, .share = 2},
     .window = 4},
    {.parse = Parse::kOptimal,
     .tables = {{3, 4}, {5, 16}},
     .table_count = 2,
     .slots = 2,
     .min_match = 3,
     .search_cap = 64,
     .passes = 3,
     .lengths = MatchLengths::kFull,
     .long_tries = 3,
     .long_rep_tries = 2,
     .reps = 3,
     .rep_rounds = 2,
     .rep_group = 4,
     .period = {.samples = 128, .share = 2},
     .window = 4},
    {.parse = Parse::kOptimal,
     .tables = {{3, 4}, {5, 8}, {8, 32}},
     .table_count = 3,
     .slots = 2,
     .min_match = 3,
     .search_cap = 128,
     .passes = 6,
     .lengths = MatchLengths::kFull,
     .long_tries = 12,
     .long_rep_tries = 8,
     .reps = 3,
     .rep_rounds = 2,
     .rep_group = 8,
     .period = {.samples = 128, .share = 2},
     .window = 4},
    // clang-format on
};

// The preset of a level for blocks of `n` bytes. Levels outside the range count
// as the nearest one inside.
GPU_ZSTD_HOST_FN constexpr uint32_t preset_of(int level, uint64_t n) {
  const bool large = n > (32u << 10);
  if (level < 3) return 0;
  if (level < 4) return 1;
  if (level < 9 || (level < 11 && !large)) return 2;
  if (level < 13) return 3;
  if (level < 19 || (level == 19 && !large)) return 4;
  return 5;
}

// Width of the hash of a preset's tables for a block of `n` bytes. Heads are
// words: with more of them fewer blocks would be under way on a multiprocessor.
template <uint32_t kPreset>
GPU_ZSTD_HOST_FN constexpr uint32_t hash_bits_of(uint32_t n) {
  const bool narrow =
      kPresetTable[kPreset].parse == Parse::kLazy || n <= (16u << 10);
  const uint32_t most = narrow ? 13 : 14;
  uint32_t bits = 10;
  while (bits < most && (1u << bits) < 4 * n) ++bits;
  return bits;
}

// The same of the table of long grams.
GPU_ZSTD_HOST_FN constexpr uint32_t long_hash_bits_of(uint32_t n) {
  return n <= (64u << 10) ? 13 : 15;
}

// Fewer literals than this are stored raw, for a tree would cost more.
inline constexpr uint32_t kMinHuffmanLiterals = 16;

// Bytes that Huffman coding must save on `n` literals to be worth decoding.
GPU_ZSTD_HOST_FN uint32_t min_literal_gain(uint32_t n) { return 2 + (n >> 7); }

// From this many literals on they are stored in four streams, which decoders
// read faster, at the cost of about eight bytes. The format allows up to 1024.
inline constexpr uint32_t kSingleStreamBelow = 1024;

// A block whose content would be shorter than this is checked for being one
// repeated byte.
inline constexpr uint32_t kConstantBlockBytes = 64;

// A sequence table is tried with the largest size that can pay for its number
// of symbols (largest_fse_log()) and with kFseLogTries - 1 smaller ones.
inline constexpr uint32_t kFseLogTries = 2;

}  // namespace gpu_zstd
