// Reading and hashing the bytes at a position.
#pragma once

#include <cstdint>
#include <cstring>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// Bytes that may be read beyond a block's data; their values do not matter.
inline constexpr uint32_t kDataPadding = 128;

// The four bytes at `data + i`, the first one lowest. `data` lies on a 4-byte
// boundary and has kDataPadding readable bytes behind it.
GPU_ZSTD_FN uint32_t read32(const uint8_t* data, uint32_t i) {
#if defined(__CUDACC__)
  const uint32_t* words = reinterpret_cast<const uint32_t*>(data) + (i >> 2);
  return __funnelshift_r(words[0], words[1], (i & 3u) * 8);
#else
  uint32_t value;
  std::memcpy(&value, data + i, sizeof(value));
  return value;
#endif
}

// Hash of two words of a gram, `bits` wide.
GPU_ZSTD_FN uint32_t hash_words(uint32_t first, uint32_t last, uint32_t bits) {
  return (first * 0x9E3779B1u + last * 0xC2B2AE35u) >> (32 - bits);
}

// Hash of the `kGram` bytes at position i, `bits` wide.
template <uint32_t kGram>
GPU_ZSTD_FN uint32_t gram_hash(const uint8_t* data, uint32_t i, uint32_t bits) {
  static_assert(kGram >= 3 && kGram <= 8);
  const uint32_t first = read32(data, i);
  if constexpr (kGram == 3) {
    return ((first << 8) * 0x9E3779B1u) >> (32 - bits);
  } else if constexpr (kGram == 4) {
    return (first * 0x9E3779B1u) >> (32 - bits);
  } else {
    return hash_words(first, read32(data, i + kGram - 4), bits);
  }
}

struct EightBytes {
  uint32_t low;
  uint32_t high;
};

// The eight bytes at `data + i`; see read32().
GPU_ZSTD_FN EightBytes read64(const uint8_t* data, uint32_t i) {
#if defined(__CUDACC__)
  const uint32_t* words = reinterpret_cast<const uint32_t*>(data) + (i >> 2);
  const uint32_t middle = words[1];
  return {__funnelshift_r(words[0], middle, (i & 3u) * 8),
          __funnelshift_r(middle, words[2], (i & 3u) * 8)};
#else
  return {read32(data, i), read32(data, i + 4)};
#endif
}

// Number of equal bytes from the first on, up to 8.
GPU_ZSTD_FN uint32_t equal_bytes(const EightBytes& a, const EightBytes& b) {
  const uint32_t low = a.low ^ b.low;
  const uint32_t high = a.high ^ b.high;
  return (low != 0 ? 0 : 4) + (trailing_zeros(low != 0 ? low : high) >> 3);
}

// Number of equal bytes, up to 8, at positions i and j.
GPU_ZSTD_FN uint32_t equal_bytes8(const uint8_t* data, uint32_t i, uint32_t j) {
  return equal_bytes(read64(data, i), read64(data, j));
}

// The bytes from a position on, eight at a time.
class EightByteReader {
 public:
#if defined(__CUDACC__)
  GPU_ZSTD_FN EightByteReader(const uint8_t* data, uint32_t i)
      : words_(reinterpret_cast<const uint32_t*>(data) + (i >> 2)),
        shift_((i & 3u) * 8),
        first_(words_[0]) {}

  GPU_ZSTD_FN EightBytes next() {
    const uint32_t middle = words_[1];
    const uint32_t last = words_[2];
    const EightBytes bytes{__funnelshift_r(first_, middle, shift_),
                           __funnelshift_r(middle, last, shift_)};
    first_ = last;
    words_ += 2;
    return bytes;
  }

 private:
  const uint32_t* words_;
  uint32_t shift_;
  uint32_t first_;
#else
  EightByteReader(const uint8_t* data, uint32_t i) : data_(data + i) {}

  EightBytes next() {
    const EightBytes bytes = read64(data_, 0);
    data_ += 8;
    return bytes;
  }

 private:
  const uint8_t* data_;
#endif
};

// Number of equal bytes at positions i and j < i, at most `limit`, which must
// not lead beyond the block. The first `known` are known to be equal.
GPU_ZSTD_FN uint32_t match_length_beyond(const uint8_t* data, uint32_t i,
                                         uint32_t j, uint32_t known,
                                         uint32_t limit) {
  EightByteReader own(data, i + known);
  EightByteReader other(data, j + known);
  uint32_t length = known;
  while (length < limit) {
    const EightBytes a = own.next();
    const EightBytes b = other.next();
    if (((a.low ^ b.low) | (a.high ^ b.high)) != 0) {
      length += equal_bytes(a, b);
      break;
    }
    length += 8;
  }
  return length < limit ? length : limit;
}

GPU_ZSTD_FN uint32_t match_length(const uint8_t* data, uint32_t i, uint32_t j,
                                  uint32_t limit) {
  return match_length_beyond(data, i, j, 0, limit);
}

}  // namespace gpu_zstd
