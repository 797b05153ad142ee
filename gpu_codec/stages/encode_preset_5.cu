#include "gpu_codec/stages/encode_preset.cuh"

namespace gpu_zstd {

template cudaError_t launch_encode_preset<5>(const EncodeBatch&, uint32_t,
                                             cudaStream_t);

template cudaError_t launch_lz77_preset<5>(const Lz77Batch&, cudaStream_t);

template cudaError_t encode_resources_preset<5>(uint32_t, bool,
                                                KernelResources*);

template cudaError_t take_stage_cycles_preset<5>(uint64_t*);

}  // namespace gpu_zstd
