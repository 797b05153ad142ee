#pragma once

#include <cstdint>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/sequence_section.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// One CTA writes one sequences section.
__global__ void __launch_bounds__(kEncodeThreads, 2)
    sequence_kernel(const BlockSequences* d_blocks, uint8_t* const* d_scratch,
                    uint32_t* const* d_sections, uint32_t* d_section_bytes) {
  __shared__ BlockEncoderShared shared;
  CudaBlockExec x;
  CudaBlockExec::PerThread<uint64_t> places(x);
  const BlockSequences in = sequences_alone(d_blocks[blockIdx.x]);
  uint32_t* words = d_sections[blockIdx.x];
  const SequenceScratch scratch =
      carve_sequence_scratch(d_scratch[blockIdx.x], in.count);
  plan_block(x, shared, in, scratch, kSingleStreamBelow, places);
  const uint32_t bytes = shared.sequences.plan.section_bytes;
  x.for_each(block_words(bytes), [&](uint32_t i) { words[i] = 0; });
  x.phase([&](uint32_t thread) {
    write_sequences_section<CudaBlockExec>(shared, in, thread, x.threads(),
                                           places[thread], words, 0);
  });
  x.single([&] { d_section_bytes[blockIdx.x] = bytes; });
}

// One CTA encodes one block's sequences and literals.
__global__ void __launch_bounds__(kEncodeThreads, 2)
    block_kernel(const BlockSequences* d_blocks, uint32_t single_stream_below,
                 uint8_t* const* d_scratch, uint32_t* const* d_words,
                 EncodedBlock* d_encoded) {
  extern __shared__ __align__(16) unsigned char block_memory[];
  auto& shared = *reinterpret_cast<BlockEncoderShared*>(block_memory);
  CudaBlockExec x;
  const BlockSequences in = d_blocks[blockIdx.x];
  const SequenceScratch scratch =
      carve_sequence_scratch(d_scratch[blockIdx.x], in.count);
  const EncodedBlock block = encode_block(
      x, shared, in, scratch, single_stream_below, d_words[blockIdx.x]);
  x.single([&] { d_encoded[blockIdx.x] = block; });
}

}  // namespace gpu_zstd
