#pragma once

#include <cstdint>

namespace gpu_zstd {

// A CTA's dynamic shared memory. Its address passes through a register that the
// compiler cannot see through: it would work the address out again, from a
// special register, wherever the memory is used.
__device__ __forceinline__ uint8_t* dynamic_shared_memory() {
  extern __shared__ uint4 shared[];
  uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(shared));
  asm volatile("" : "+r"(address));
  return static_cast<uint8_t*>(__cvta_shared_to_generic(address));
}

}  // namespace gpu_zstd
