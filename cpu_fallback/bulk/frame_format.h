// The outside of zstd frames (RFC 8878, 3.1): headers and block lengths, as far
// as finding a frame's end needs them. Decoding is libzstd's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gpu_zstd {

inline constexpr uint32_t kZstdMagic = 0xFD2FB528;
inline constexpr uint32_t kSkippableMagic = 0x184D2A50;  // and the 15 after it
inline constexpr size_t kMaxFrameHeaderBytes = 18;
inline constexpr size_t kBlockHeaderBytes = 3;
inline constexpr size_t kChecksumBytes = 4;

// Little-endian integers at unaligned addresses.
uint32_t load_u24(const char* from);
uint32_t load_u32(const char* from);
uint64_t load_u64(const char* from);
void store_u24(char* to, uint32_t value);
void store_u32(char* to, uint32_t value);
void store_u64(char* to, uint64_t value);

struct FrameHeader {
  size_t header_bytes = 0;  // 8 for a skippable frame
  bool skippable = false;
  bool checksum = false;
  // Of the content; of the user data of a skippable frame.
  std::optional<uint64_t> content_bytes;
};

enum class HeaderOutcome { kWhole, kCutShort, kNotAFrame };

// Reads the header at the start of `data`; kMaxFrameHeaderBytes suffice.
HeaderOutcome parse_frame_header(std::span<const char> data,
                                 FrameHeader* header);

struct BlockHeader {
  bool last = false;
  unsigned type = 0;        // 0 raw, 1 RLE, 2 compressed, 3 reserved
  size_t stored_bytes = 0;  // in the frame, after the header
};
BlockHeader parse_block_header(const char* from);

}  // namespace gpu_zstd
