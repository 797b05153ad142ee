#pragma once

#include <cstdint>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/literals_section.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// One CTA writes one literals section.
__global__ void __launch_bounds__(kEncodeThreads, 2)
    huffman_kernel(const uint8_t* const* d_literals, const uint32_t* d_sizes,
                   uint32_t single_stream_below, uint32_t* const* d_sections,
                   uint32_t* d_section_bytes) {
  __shared__ BlockEncoderShared shared;
  CudaBlockExec x;
  CudaBlockExec::PerThread<uint64_t> places(x);
  const BlockSequences in =
      literals_alone(d_literals[blockIdx.x], d_sizes[blockIdx.x]);
  uint32_t* words = d_sections[blockIdx.x];
  plan_block(x, shared, in, {}, single_stream_below, places);
  const uint32_t bytes = shared.literals.plan.section_bytes;
  x.for_each(block_words(bytes), [&](uint32_t i) { words[i] = 0; });
  x.phase([&](uint32_t thread) {
    write_literals_section<CudaBlockExec>(shared, in, thread, x.threads(),
                                          places[thread], words);
  });
  x.single([&] { d_section_bytes[blockIdx.x] = bytes; });
}

}  // namespace gpu_zstd
