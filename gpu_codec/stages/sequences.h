// Stage: sequences sections (RFC 8878, 3.1.1.3.2), and whole blocks, of a
// batch.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/sequence_section.h"
#include "gpu_codec/device/sequences.h"

namespace gpu_zstd {

// Bytes to provide for the section of `count` sequences: each takes at most 75
// bits, the tables' descriptions less than 300 bytes.
constexpr size_t sequence_section_capacity(uint32_t count) {
  return size_t{count} * 12 + 512;
}

// Writes the sequences section of each of `block_count` blocks with the
// cheapest of predefined, one-symbol and own FSE tables.
//
// d_blocks[b]         the sequences; source and literals are not looked at
// d_scratch[b]        sequence_scratch_bytes(count) bytes aligned to 16
// d_sections[b]       receives the section; aligned to 4 bytes, with
//                     sequence_section_capacity(count) bytes
// d_section_bytes[b]  receives its length
//
// All pointers are device-readable (the last three device-writable) and stay
// the caller's. Returns the launch's error; `stream` is not synchronised. Any
// thread may call it.
cudaError_t launch_sequence_encoder(const BlockSequences* d_blocks,
                                    uint32_t block_count,
                                    uint8_t* const* d_scratch,
                                    uint32_t* const* d_sections,
                                    uint32_t* d_section_bytes,
                                    cudaStream_t stream);

// Encodes literals and sequences of each of `block_count` blocks to the block's
// content, or decides to store it raw or as one repeated byte; then d_words[b]
// is left undefined.
//
// d_blocks[b]          the sequences, with literals and source
// single_stream_below  fewer literals are stored in one stream, others in four
// d_scratch[b]         as above
// d_words[b]           receives the content; aligned to 4 bytes, with
//                      4 * block_words(source_bytes) bytes
// d_encoded[b]         receives kind and length
//
// Pointers, errors and threads as above.
cudaError_t launch_block_encoder(const BlockSequences* d_blocks,
                                 uint32_t block_count,
                                 uint32_t single_stream_below,
                                 uint8_t* const* d_scratch,
                                 uint32_t* const* d_words,
                                 EncodedBlock* d_encoded, cudaStream_t stream);

}  // namespace gpu_zstd
