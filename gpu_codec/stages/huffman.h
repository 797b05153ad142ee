// Stage: literals sections (RFC 8878, 3.1.1.3.1) of a batch of blocks.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace gpu_zstd {

// Bytes to provide for the section of `n` literals.
constexpr size_t huffman_section_capacity(uint32_t n) {
  return (size_t{n} / 4 + 4) * 4;
}

// Writes the literals section of each of `block_count` blocks: raw, one
// repeated byte, or Huffman-coded with its own table, whichever is shortest.
// Limits of the code's lengths are tried as in blocks of more than 4 KB.
//
// d_literals[b]       d_sizes[b] bytes, at most 128 KB; any alignment
// single_stream_below fewer literals than this are coded in one stream instead
//                     of four; at most 1024
// d_sections[b]       receives the section; aligned to 4 bytes, with
//                     huffman_section_capacity(d_sizes[b]) bytes
// d_section_bytes[b]  receives its length
//
// All pointers are device-readable (the last two device-writable) and stay the
// caller's. Returns the launch's error; `stream` is not synchronised. Any
// thread may call it.
cudaError_t launch_huffman_encoder(const uint8_t* const* d_literals,
                                   const uint32_t* d_sizes,
                                   uint32_t block_count,
                                   uint32_t single_stream_below,
                                   uint32_t* const* d_sections,
                                   uint32_t* d_section_bytes,
                                   cudaStream_t stream);

}  // namespace gpu_zstd
