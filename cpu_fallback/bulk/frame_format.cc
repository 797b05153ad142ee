#include "cpu_fallback/bulk/frame_format.h"

#include <array>

namespace gpu_zstd {
namespace {

uint64_t load(const char* from, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  }
  return value;
}

void store(char* to, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    to[i] = static_cast<char>(value >> (8 * i));
  }
}

}  // namespace

uint32_t load_u24(const char* from) {
  return static_cast<uint32_t>(load(from, 3));
}
uint32_t load_u32(const char* from) {
  return static_cast<uint32_t>(load(from, 4));
}
uint64_t load_u64(const char* from) { return load(from, 8); }
void store_u24(char* to, uint32_t value) { store(to, value, 3); }
void store_u32(char* to, uint32_t value) { store(to, value, 4); }
void store_u64(char* to, uint64_t value) { store(to, value, 8); }

HeaderOutcome parse_frame_header(std::span<const char> data,
                                 FrameHeader* header) {
  if (data.size() < 4) {
    return HeaderOutcome::kCutShort;
  }
  const uint32_t magic = load_u32(data.data());
  *header = {};
  if ((magic & ~15u) == kSkippableMagic) {
    header->skippable = true;
    header->header_bytes = 8;
    if (data.size() < 8) {
      return HeaderOutcome::kCutShort;
    }
    header->content_bytes = load_u32(data.data() + 4);
    return HeaderOutcome::kWhole;
  }
  if (magic != kZstdMagic) {
    return HeaderOutcome::kNotAFrame;
  }
  if (data.size() < 5) {
    return HeaderOutcome::kCutShort;
  }
  const unsigned descriptor = static_cast<unsigned char>(data[4]);
  const bool single_segment = (descriptor & 0x20) != 0;
  constexpr std::array<size_t, 4> kDictionaryIdBytes = {0, 1, 2, 4};
  constexpr std::array<size_t, 4> kContentSizeBytes = {0, 2, 4, 8};
  const unsigned size_code = descriptor >> 6;
  const size_t size_bytes =
      size_code == 0 && single_segment ? 1 : kContentSizeBytes[size_code];
  const size_t size_at =
      5 + (single_segment ? 0 : 1) + kDictionaryIdBytes[descriptor & 3];
  header->checksum = (descriptor & 4) != 0;
  header->header_bytes = size_at + size_bytes;
  if (data.size() < header->header_bytes) {
    return HeaderOutcome::kCutShort;
  }
  if (size_bytes > 0) {
    // The two-byte form counts from 256.
    header->content_bytes =
        load(data.data() + size_at, size_bytes) + (size_bytes == 2 ? 256 : 0);
  }
  return HeaderOutcome::kWhole;
}

BlockHeader parse_block_header(const char* from) {
  const uint32_t bits = load_u24(from);
  BlockHeader header;
  header.last = (bits & 1) != 0;
  header.type = (bits >> 1) & 3;
  header.stored_bytes = header.type == 1 ? 1 : bits >> 3;
  return header;
}

}  // namespace gpu_zstd
