// One zstd frame of many blocks, made in parallel from memory.
//
//   header │ piece 0 │ piece 1 │ … │ XXH64      a piece: the blocks of about a
//                                              window of raw bytes
//
// Every piece but the first is compressed with the data before it as history,
// so that the ratio is that of one long frame. The one thing a piece cannot
// know is which repeat offsets (RFC 8878, 3.1.1.5) the piece before it leaves
// behind; libzstd assumes those of a frame's start. is_independent_of_repeats()
// reads the piece's first sequences: nearly always three new offsets come
// before any old one is used, and the piece fits anywhere. Else it is joined
// to the piece before it and both are compressed again as one.
#pragma once

#include <cstddef>
#include <span>

#include "cpu_fallback/bulk/bulk_codec.h"
#include "cpu_fallback/bulk/ordered_engine.h"
#include "cpu_fallback/bulk/resources.h"

namespace gpu_zstd {

// Room for one frame of `raw_bytes`, whatever its pieces.
size_t one_frame_bound(size_t raw_bytes, int level);

// As BulkCodec::compress() with BulkLayout::kOneFrame.
BulkResult compress_one_frame(std::span<const char> src, std::span<char> dst,
                              const BulkEncodeOptions& options,
                              const BulkLimits& limits, OrderedEngine& engine,
                              Resources& resources);

}  // namespace gpu_zstd
