// Frames: header, blocks, checksum (RFC 8878, 3.1.1), put together in the
// caller's memory.
//
//   magic | descriptor | content size | 3 + block | 3 + block | … | checksum
//
// Frames are "single segment": the window is the content. The frame's length is
// known before its first byte is written, so that a frame which does not fit
// writes nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

// Bytes before the first block; `n` is the content size.
GPU_ZSTD_HOST_FN constexpr uint32_t frame_header_bytes(uint64_t n) {
  return 5 + (n < 256 ? 1 : n < 256 + 65536 ? 2 : n <= 0xFFFFFFFFu ? 4 : 8);
}

// Blocks of a frame of `n` bytes; an empty frame has one, of no bytes.
GPU_ZSTD_HOST_FN constexpr uint32_t frame_blocks(uint64_t n,
                                                 uint32_t block_bytes) {
  return n == 0 ? 1
                : static_cast<uint32_t>((n + block_bytes - 1) / block_bytes);
}

// The longest frame of `n` bytes in blocks of `block_bytes`.
GPU_ZSTD_HOST_FN constexpr uint64_t frame_bound(uint64_t n,
                                                uint32_t block_bytes,
                                                bool checksum) {
  return frame_header_bytes(n) + n +
         uint64_t{kBlockHeaderBytes} * frame_blocks(n, block_bytes) +
         (checksum ? kChecksumBytes : 0);
}

// Stores the low `count` bytes of `value`.
GPU_ZSTD_FN void store_little_endian(uint8_t* out, uint64_t value,
                                     uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    out[i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

// Writes frame_header_bytes(n) bytes. One thread's work.
GPU_ZSTD_FN void write_frame_header(uint8_t* out, uint64_t n, bool checksum) {
  const uint32_t size_bytes = frame_header_bytes(n) - 5;
  const uint32_t flag = size_bytes == 8 ? 3 : size_bytes / 2;
  store_little_endian(out, kFrameMagic, 4);
  out[4] = static_cast<uint8_t>(flag << 6 | 1 << 5 | (checksum ? 1 << 2 : 0));
  store_little_endian(out + 5, size_bytes == 2 ? n - 256 : n, size_bytes);
}

// Writes the three bytes before a block of `source_bytes`.
GPU_ZSTD_FN void write_block_header(uint8_t* out, EncodedBlock block,
                                    uint32_t source_bytes, bool last) {
  const uint32_t size =
      block.type == BlockType::kRle ? source_bytes : block.bytes;
  store_little_endian(
      out,
      (last ? 1u : 0u) | static_cast<uint32_t>(block.type) << 1 | size << 3,
      kBlockHeaderBytes);
}

// Copies `n` bytes of the words to `out`, which may have any alignment: whole
// words where it has one, single bytes before and after.
template <class Exec>
GPU_ZSTD_FN void copy_words(Exec& x, const uint32_t* words, uint32_t n,
                            uint8_t* out) {
  const uint32_t to_aligned =
      static_cast<uint32_t>(-reinterpret_cast<uintptr_t>(out)) & 3;
  const uint32_t head = to_aligned < n ? to_aligned : n;
  const uint32_t whole = (n - head) / 4;
  const uint32_t shift = head * 8;
  uint32_t* aligned = reinterpret_cast<uint32_t*>(out + head);
  const auto byte = [&](uint32_t i) {
    return static_cast<uint8_t>(words[i / 4] >> (i % 4 * 8));
  };
  x.for_each(whole + 8, [&](uint32_t i) {
    if (i < whole) {
      const uint64_t pair =
          words[i] | static_cast<uint64_t>(shift > 0 ? words[i + 1] : 0) << 32;
      aligned[i] = static_cast<uint32_t>(pair >> shift);
      return;
    }
    const uint32_t edge = i - whole;  // up to 3 bytes before, up to 3 after
    if (edge < head) out[edge] = byte(edge);
    const uint32_t tail = head + 4 * whole + edge - 4;
    if (edge >= 4 && tail < n) out[tail] = byte(tail);
  });
}

// Writes the content of one block behind its header. `source` is the block's
// own bytes, `words` what encode_block() made of them.
template <class Exec>
GPU_ZSTD_FN void write_block_content(Exec& x, EncodedBlock block,
                                     const uint8_t* source,
                                     const uint32_t* words, uint8_t* out) {
  if (block.type == BlockType::kCompressed) {
    copy_words(x, words, block.bytes, out);
  } else {
    x.for_each(block.bytes, [&](uint32_t i) { out[i] = source[i]; });
  }
}

// What a frame is made of. Block k holds source bytes from k * block_bytes on.
struct FrameParts {
  const uint8_t* source;
  uint64_t source_bytes;
  uint32_t block_bytes;
  const EncodedBlock* blocks;  // frame_blocks(source_bytes, block_bytes)
  // Content of compressed block k: words + k * words_stride.
  const uint32_t* words;
  uint32_t words_stride;
  const uint64_t* checksum;  // the content's XXH64, or null for none
  uint8_t* out;
  uint64_t capacity;
};

// Writes block `index` with what belongs to it: the first block brings the
// frame's header, the last the checksum. Called once for each block, in any
// order or beside each other; every call returns the frame's length, or 0 when
// that is above the capacity and nothing was written.
template <class Exec>
GPU_ZSTD_FN uint64_t write_frame_part(Exec& x, const FrameParts& frame,
                                      uint32_t index) {
  const uint64_t n = frame.source_bytes;
  const uint32_t blocks = frame_blocks(n, frame.block_bytes);
  typename Exec::template PerThread<uint64_t> before(x);
  typename Exec::template PerThread<uint64_t> all(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t k = thread; k < blocks; k += x.threads()) {
      const uint32_t bytes = kBlockHeaderBytes + frame.blocks[k].bytes;
      all[thread] += bytes;
      before[thread] += k < index ? bytes : 0;
    }
  });
  const uint32_t header = frame_header_bytes(n);
  const uint64_t begin = header + x.sum(before);
  const uint64_t end = header + x.sum(all);
  const uint64_t total = end + (frame.checksum != nullptr ? kChecksumBytes : 0);
  if (total > frame.capacity) return 0;
  const uint64_t first = uint64_t{index} * frame.block_bytes;
  const uint32_t block_source = static_cast<uint32_t>(
      n - first < frame.block_bytes ? n - first : frame.block_bytes);
  const EncodedBlock block = frame.blocks[index];
  const bool last = index + 1 == blocks;
  x.single([&] {
    if (index == 0) {
      write_frame_header(frame.out, n, frame.checksum != nullptr);
    }
    write_block_header(frame.out + begin, block, block_source, last);
    if (last && frame.checksum != nullptr) {
      store_little_endian(frame.out + end, *frame.checksum, kChecksumBytes);
    }
  });
  write_block_content(x, block, frame.source + first,
                      frame.words + size_t{index} * frame.words_stride,
                      frame.out + begin + kBlockHeaderBytes);
  return total;
}

}  // namespace gpu_zstd
