// The index of zstd's seekable format: a skippable frame at the end of a file,
// one entry a frame. Any zstd decoder skips it.
//
//   magic 0x184D2A5E · bytes that follow · {coded bytes, raw bytes}… ·
//   number of frames · descriptor 0 (no checksums here: the frames have theirs)
//   · magic 0x8F92EAB1                                  all u32, descriptor u8
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gpu_zstd {

struct SeekEntry {
  uint32_t coded_bytes = 0;
  uint32_t raw_bytes = 0;
  bool operator==(const SeekEntry&) const = default;
};

inline constexpr size_t kSeekFooterBytes = 9;
inline constexpr size_t kMaxSeekableFrames = 0x8000000;  // the format's own

// The index as the bytes to append to the file.
std::vector<char> write_seek_table(std::span<const SeekEntry> entries);

// Length of the whole index from the last kSeekFooterBytes of a file. Nothing
// when the file has none.
std::optional<uint64_t> seek_table_bytes(std::span<const char> footer);

// The entries of an index that fills `table` whole; per-frame checksums, which
// others may have written, are passed over. Nothing when it is malformed.
std::optional<std::vector<SeekEntry>> read_seek_table(
    std::span<const char> table);

}  // namespace gpu_zstd
