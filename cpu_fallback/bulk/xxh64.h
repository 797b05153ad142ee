// The checksum of zstd frames: XXH64 with seed 0, whose low 32 bits a frame
// stores (RFC 8878, 3.1.1), from the published description of the algorithm.
#pragma once

#include <cstdint>
#include <span>

namespace gpu_zstd {

uint64_t xxh64(std::span<const char> data);

}  // namespace gpu_zstd
