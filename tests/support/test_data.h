// Deterministic inputs, and libzstd's decoder as the judge of frames.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gpu_zstd::test {

// Words of a small vocabulary: compresses about threefold.
std::string text_like(size_t bytes, uint64_t seed);

// Every byte equally likely: does not compress.
std::string random_bytes(size_t bytes, uint64_t seed);

// Decodes one frame that fills `frame` whole and has a content size. Nothing
// when libzstd finds an error.
std::optional<std::string> decode_frame(std::span<const char> frame);

// True when the frame header says that an XXH64 follows (RFC 8878, 3.1.1.1.1).
bool has_frame_checksum(std::span<const char> frame);

}  // namespace gpu_zstd::test
