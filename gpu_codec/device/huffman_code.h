// Canonical Huffman codes (RFC 8878, 4.2.1.3) from their lengths.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/device/huffman_lengths.h"
#include "gpu_codec/device/words.h"

namespace gpu_zstd {

// A complete prefix code. A code's first bit is its highest; streams are
// written from their end, so a code is OR-ed in as it stands.
struct HuffmanCode {
  alignas(16) uint8_t lengths[kByteValues];  // 0: the value does not occur
  uint16_t codes[kByteValues];               // code | length << 12
  uint32_t max_symbol;                       // largest value that occurs
  uint32_t max_bits;
};

inline constexpr uint32_t kCodeLengthShift = 12;

// Gives the symbol of rank `i` its length, if there is one; lengths of values
// that do not occur are 0 before.
GPU_ZSTD_FN void set_length(const HuffmanCodeShared& s, const HuffmanTry& t,
                            HuffmanCode& code, uint32_t i) {
  if (i >= s.symbols) return;
  const uint32_t length = length_of_rank(t, i);
  code.lengths[s.sorted_symbols[i]] = static_cast<uint8_t>(length);
  if (i > 0) return;
  code.max_symbol = s.max_symbol;
  code.max_bits = length;  // the rarest symbol's
}

// Gives the values of group `group` their codes: longer codes first, then by
// value (RFC 8878, 4.2.1.3). Called by one warp.
template <class Exec>
GPU_ZSTD_FN void assign_codes(Exec& x, const HuffmanTry& t, HuffmanCode& code,
                              uint32_t group) {
  const WordQuad* quads = reinterpret_cast<const WordQuad*>(code.lengths);
  x.phase([&](uint32_t thread) {
    const uint32_t v = group * kWarpThreads + thread;
    const uint32_t length = code.lengths[v];
    // Equal lengths before v, four at a time: a byte of the difference is zero
    // where they agree, and adding 127 carries into bit 7 where they do not.
    uint32_t rank = 0;
    GPU_ZSTD_NO_UNROLL
    for (uint32_t q = 0; q < 2 * group + 2; ++q) {
      const WordQuad quad = quads[q];
      GPU_ZSTD_UNROLL
      for (uint32_t w = 0; w < 4; ++w) {
        const uint32_t first = 16 * q + 4 * w;
        const uint32_t different =
            (quad.word[w] ^ (length * 0x01010101u)) + 0x7F7F7F7Fu;
        const uint32_t before = v > first ? v - first : 0;
        const uint32_t bytes =
            before < 4 ? (1u << (8 * before)) - 1 : 0xFFFFFFFFu;
        rank += count_ones(~different & 0x80808080u & bytes);
      }
    }
    if (length == 0) return;
    code.codes[v] = static_cast<uint16_t>((t.first_codes[length] + rank) |
                                          length << kCodeLengthShift);
  });
}

}  // namespace gpu_zstd
