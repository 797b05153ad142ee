// Constants and code tables of the zstd format, from RFC 8878. They say what a
// decoder expects and hold nothing of how we compress.
#pragma once

#include <bit>
#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// RFC 8878, 3.1.1 (frames) and 3.1.1.2 (blocks). Sizes in bytes.
inline constexpr uint32_t kFrameMagic = 0xFD2FB528u;
inline constexpr uint32_t kMaxBlockBytes = 128u << 10;
inline constexpr uint32_t kBlockHeaderBytes = 3;
inline constexpr uint32_t kChecksumBytes = 4;

enum class BlockType : uint32_t { kRaw = 0, kRle = 1, kCompressed = 2 };

// 3.1.1.3.1 (literals) and 4.2 (Huffman).
enum class LiteralsType : uint32_t {
  kRaw = 0,
  kRle = 1,
  kCompressed = 2,
  kTreeless = 3
};
inline constexpr uint32_t kMaxHuffmanBits = 11;
inline constexpr uint32_t kMaxHuffmanWeightLog = 6;

// 3.1.1.3.2 (sequences): how a table of codes is described.
enum class TableMode : uint32_t {
  kPredefined = 0,
  kRle = 1,
  kCompressed = 2,
  kRepeat = 3
};

// 3.1.1.3.2.1.1: literal length, match length and offset codes.
inline constexpr uint32_t kLitLengthCodes = 36;
inline constexpr uint32_t kMatchLengthCodes = 53;
// Offset codes that a window of 128 KB can need: offset + 3 < 2^18.
inline constexpr uint32_t kOffsetCodes = 18;
inline constexpr uint32_t kMaxLitLengthLog = 9;
inline constexpr uint32_t kMaxMatchLengthLog = 9;
inline constexpr uint32_t kMaxOffsetLog = 8;
// Sizes that the tables of a block have at most, as those.
struct TableLogs {
  uint32_t lit_lengths = kMaxLitLengthLog;
  uint32_t offsets = kMaxOffsetLog;
  uint32_t match_lengths = kMaxMatchLengthLog;

  bool operator==(const TableLogs&) const = default;
};
inline constexpr uint32_t kDefaultLitLengthLog = 6;
inline constexpr uint32_t kDefaultMatchLengthLog = 6;
inline constexpr uint32_t kDefaultOffsetLog = 5;

inline constexpr uint32_t kMinMatch = 3;
inline constexpr uint32_t kRepcodes = 3;
inline constexpr uint32_t kInitialRepcodes[kRepcodes] = {1, 4, 8};

GPU_ZSTD_TABLE uint8_t kLitLengthExtraBits[kLitLengthCodes] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  0,  1,  1,
    1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
GPU_ZSTD_TABLE uint8_t kMatchLengthExtraBits[kMatchLengthCodes] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  0,  0,  0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  1,  1,  1, 1,
    2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
GPU_ZSTD_TABLE uint32_t kLitLengthBase[kLitLengthCodes] = {
    0,  1,  2,   3,   4,   5,    6,    7,    8,    9,     10,    11,
    12, 13, 14,  15,  16,  18,   20,   22,   24,   28,    32,    40,
    48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};
// Of the match length itself (3 and more).
GPU_ZSTD_TABLE uint32_t kMatchLengthBase[kMatchLengthCodes] = {
    3,  4,   5,   6,   7,    8,    9,    10,   11,    12,    13,   14, 15, 16,
    17, 18,  19,  20,  21,   22,   23,   24,   25,    26,    27,   28, 29, 30,
    31, 32,  33,  34,  35,   37,   39,   41,   43,    47,    51,   59, 67, 83,
    99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539};

// 3.1.1.3.2.2: the predefined distributions; -1 is "less than one".
GPU_ZSTD_TABLE int16_t kDefaultLitLengthCounts[kLitLengthCodes] = {
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1,  1,  2,  2,
    2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1};
GPU_ZSTD_TABLE int16_t kDefaultMatchLengthCounts[kMatchLengthCodes] = {
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1,  1,  1,  1,  1,  1,  1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  1,  1,  1,  1,  1,  1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1};
// The format defines 29; a window of 128 KB uses the first 18.
inline constexpr uint32_t kDefaultOffsetSymbols = 29;
GPU_ZSTD_TABLE int16_t kDefaultOffsetCounts[kDefaultOffsetSymbols] = {
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1,  1,  1,  1,  1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1};

// Index of the highest set bit; value is not 0.
GPU_ZSTD_HOST_FN uint32_t highest_bit(uint32_t value) {
#if defined(__CUDA_ARCH__)
  return 31u - static_cast<uint32_t>(__clz(static_cast<int>(value)));
#else
  return static_cast<uint32_t>(std::bit_width(value)) - 1;
#endif
}

GPU_ZSTD_HOST_FN uint32_t lit_length_code(uint32_t length) {
  if (length < 16) return length;
  if (length >= 64) return highest_bit(length) + 19;
  if (length < 24) return 16 + ((length - 16) >> 1);
  if (length < 32) return 20 + ((length - 24) >> 2);
  if (length < 48) return 22 + ((length - 32) >> 3);
  return 24;
}

// Of a match length of 3 and more.
GPU_ZSTD_HOST_FN uint32_t match_length_code(uint32_t length) {
  const uint32_t m = length - kMinMatch;
  if (m < 32) return m;
  if (m >= 128) return highest_bit(m) + 36;
  if (m < 40) return 32 + ((m - 32) >> 1);
  if (m < 48) return 36 + ((m - 40) >> 2);
  if (m < 64) return 38 + ((m - 48) >> 3);
  if (m < 96) return 40 + ((m - 64) >> 4);
  return 42;
}

// Extra bits of a literal length or a match length; their value is the low bits
// of the length, less kMinMatch for a match.
GPU_ZSTD_HOST_FN uint32_t lit_length_extra_bits(uint32_t length) {
  if (length < 16) return 0;
  if (length >= 64) return highest_bit(length);
  return length < 24 ? 1 : length < 32 ? 2 : length < 48 ? 3 : 4;
}
GPU_ZSTD_HOST_FN uint32_t match_length_extra_bits(uint32_t length) {
  const uint32_t m = length - kMinMatch;
  if (m < 32) return 0;
  if (m >= 128) return highest_bit(m);
  return m < 40 ? 1 : m < 48 ? 2 : m < 64 ? 3 : m < 96 ? 4 : 5;
}

// `off_base` is 1..3 for a repcode, otherwise the offset + 3. The code is also
// the number of extra bits.
GPU_ZSTD_HOST_FN uint32_t offset_code(uint32_t off_base) {
  return highest_bit(off_base);
}

}  // namespace gpu_zstd
