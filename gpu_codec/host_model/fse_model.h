// Host model of FSE by itself; see stages/fse.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gpu_codec/device/fse_stream.h"

namespace gpu_zstd::host_model {

// What launch_fse_context() makes.
std::unique_ptr<FseContext> make_fse_context(std::span<const uint8_t> sample,
                                             uint32_t alphabet);

// One block of what launch_fse_encoder() makes; at most kFseBlockSymbols.
std::vector<uint32_t> encode_fse(const FseContext& context,
                                 std::span<const uint8_t> symbols);

// The `n` symbols of one block's code.
std::vector<uint8_t> decode_fse(const FseContext& context,
                                std::span<const uint32_t> code, uint32_t n);

}  // namespace gpu_zstd::host_model
