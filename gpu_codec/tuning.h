// Numbers that change only speed. Frames are the same whatever they are; what
// changes bytes is in params.h.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// A CTA's threads, and how many CTAs a multiprocessor has room for, which
// bounds a thread's registers: 65536 of them for all.
struct CtaShape {
  uint32_t threads;
  uint32_t ctas;
};

// Of the kernels of single stages.
inline constexpr uint32_t kEncodeThreads = 512;

// The encoder's CTA for blocks of up to `block_bytes`: beside others on its
// multiprocessor, as many as there is shared memory for, or alone on it.
GPU_ZSTD_HOST_FN constexpr CtaShape cta_shape(uint32_t preset,
                                              uint32_t block_bytes,
                                              bool alone) {
  const Preset& p = kPresetTable[preset];
  const bool tiny = block_bytes <= 4096;
  if (alone) return {p.slots == 1 || tiny ? 512u : 1024u, 1};
  if (tiny) return {256, p.parse == Parse::kLazy ? 4u : 3u};
  return block_bytes <= 65536 ? CtaShape{512, 2} : CtaShape{1024, 1};
}

// Sections of a block that such CTAs insert side by side (insert.h).
inline constexpr uint32_t kAloneSections = 2;

// CTAs that a batch is spread over at most, each with a workspace of its own;
// more than a device runs at once.
inline constexpr uint32_t kMaxBatchCtas = 528;

// Links of a chain that are looked at together, in tables but the last.
inline constexpr uint32_t kFirstLinks = 4;

// The same of the last table, few of which lead to a compare.
inline constexpr uint32_t kChainLinks = 4;

// Groups of 32 positions whose match lengths a warp finds together.
inline constexpr uint32_t kStretchGroups = 8;

// Groups of 32 positions that a warp of the lazy search looks up together.
inline constexpr uint32_t kSearchGroups = 4;

// Compares that a warp of the lazy search ends together.
inline constexpr uint32_t kSharedCompares = 6;

// Parts that a CTA follows the choices of large blocks in, whose exits lie in
// the workspace; small blocks are one warp's.
inline constexpr uint32_t kFarParseParts = 128;

// Positions that a warp inserts at once.
inline constexpr uint32_t kInsertGroup = kWarpThreads;

// Groups of the insertion that are under way together; in the lazy preset's
// CTAs for small blocks beside others, which have few registers; of long grams,
// groups of twice the positions.
inline constexpr uint32_t kInsertUnroll = 16;
inline constexpr uint32_t kLeanInsertUnroll = 8;
inline constexpr uint32_t kLongInsertUnroll = 4;

// Copies of the counts of byte values.
inline constexpr uint32_t kHistogramCopies = 4;

// FSE streams (fse_chain.h) are divided into windows of this size or, so that
// there are no more than kMaxFseCuts, a multiple of it by a power of two. A
// window's cut may have up to kMaxFseCandidates candidates. Four of them are a
// task; those of all streams are at most kMaxFseTasks.
inline constexpr uint32_t kMinFseWindowLog = 4;
inline constexpr uint32_t kMaxFseCutsLog = 6;
inline constexpr uint32_t kMaxFseCuts = 1u << kMaxFseCutsLog;
inline constexpr uint32_t kMaxFseCandidates = 256;
inline constexpr uint32_t kMaxFseTasks = 672;
// Weights of a Huffman code that are run from every state.
inline constexpr uint32_t kWeightStretchLog = 4;
static_assert(kMaxFseCandidates <= 256, "a candidate is kept in a byte");

// Threads that build an FSE context; the FSE coder has one a stream.
inline constexpr uint32_t kFseContextThreads = 256;

// Threads of a CTA of the frame assembler and of the checksum.
inline constexpr uint32_t kFrameThreads = 256;
inline constexpr uint32_t kChecksumThreads = 32;

// Up to this many sequences of a block keep their codes in shared memory.
inline constexpr uint32_t kSharedSequences = 2048;

// Copies of the counts of sequence codes.
inline constexpr uint32_t kCodeHistogramCopies = 4;

}  // namespace gpu_zstd
