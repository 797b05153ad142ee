// Host model of the histogram stage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gpu_zstd::host_model {

// What launch_histogram counts for one block.
std::array<uint32_t, 256> histogram(std::span<const uint8_t> block);

}  // namespace gpu_zstd::host_model
