// The execution context on a GPU: a CTA, half of one, or one of its warps. See
// exec.h.
#pragma once

#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/exec_cuda_warp.cuh"

namespace gpu_zstd {

// All threads of a CTA.
struct CudaWholeBlock {
  __device__ __forceinline__ static uint32_t first() { return 0; }
  __device__ __forceinline__ static uint32_t threads() { return blockDim.x; }
  __device__ __forceinline__ static void barrier() { __syncthreads(); }
};

// The half of a CTA that the calling thread is in. Each has a barrier of its
// own, numbered behind the CTA's.
struct CudaHalfBlock {
  __device__ __forceinline__ static uint32_t index() {
    return threadIdx.x >= threads() ? 1 : 0;
  }
  __device__ __forceinline__ static uint32_t first() {
    return threadIdx.x >= threads() ? threads() : 0;
  }
  __device__ __forceinline__ static uint32_t threads() {
    return blockDim.x / 2;
  }
  __device__ __forceinline__ static void barrier() {
    asm volatile("bar.sync %0, %1;" ::"r"(1 + index()), "r"(threads())
                 : "memory");
  }
};

// What the warps of a CTA tell each other.
inline constexpr uint32_t kWarpValueBytes = 12;
__device__ __forceinline__ void* warp_memory() {
  __shared__ __align__(8) uint8_t memory[kWarpValueBytes * kWarpThreads];
  return memory;
}

// One CTA or a part of it, of a whole number of warps.
template <class Part>
class CudaGroupExec : public CudaAtomics {
 public:
  static constexpr bool kIsCuda = true;
  static constexpr uint32_t kThreads = kMaxBlockThreads;

  template <class T>
  using PerThread = CudaPerThread<T>;

  using CudaAtomics::max;

  __device__ __forceinline__ uint32_t threads() const {
    return Part::threads();
  }

  template <class F>
  __device__ __forceinline__ void phase(F&& f) {
    f(thread());
    Part::barrier();
  }

  template <class F>
  __device__ __forceinline__ void prelude(F&& f) {
    f(thread());
  }

  template <class F>
  __device__ __forceinline__ void for_each(uint32_t n, F&& f) {
    for (uint32_t i = thread(); i < n; i += threads()) f(i);
    Part::barrier();
  }

  template <class F>
  __device__ __forceinline__ void single(F&& f) {
    if (thread() == 0) f();
    Part::barrier();
  }

  template <class F>
  __device__ __forceinline__ void warps(uint32_t n, F&& f) {
    CudaWarpExec warp;
    for (uint32_t task = thread() >> 5; task < n; task += threads() >> 5) {
      f(warp, task);
    }
    Part::barrier();
  }

  template <class F, class G>
  __device__ __forceinline__ void beside(uint32_t tasks, F&& f, uint32_t n,
                                         G&& g) {
    uint32_t* taken = warp_values<uint32_t>();
    if (thread() == 0) *taken = 0;
    Part::barrier();
    CudaWarpExec warp;
    for (uint32_t task = thread() >> 5; task < tasks; task += threads() >> 5) {
      f(warp, task);
    }
    const uint32_t lane = threadIdx.x & 31u;
    for (;;) {
      uint32_t first = 0;
      if (lane == 0) first = atomicAdd(taken, kWarpThreads);
      first = __shfl_sync(CudaWarpExec::kAllLanes, first, 0);
      if (first >= n) break;
      if (first + lane < n) g(first + lane);
      __syncwarp();
    }
    Part::barrier();
  }

  template <class F>
  __device__ __forceinline__ void halves(F&& f) {
    static_assert(std::is_same_v<Part, CudaWholeBlock>);
    CudaGroupExec<CudaHalfBlock> half;
    f(half, CudaHalfBlock::index());
    Part::barrier();
  }

  template <class T>
  __device__ __forceinline__ T exclusive_sum(PerThread<T>& v) {
    T* warp_totals = warp_values<T>();
    CudaWarpExec warp;
    const T warp_total = warp.exclusive_sum(v);
    publish(warp_totals, warp_total);
    PerThread<T> offset(*this, lane_value(warp_totals));
    const T total = warp.exclusive_sum(offset);
    v[0] += __shfl_sync(CudaWarpExec::kAllLanes, offset[0], thread() >> 5);
    Part::barrier();
    return total;
  }

  template <class T, class Join>
  __device__ __forceinline__ T exclusive_scan(PerThread<T>& v, const T& zero,
                                              Join join) {
    T* warp_totals = warp_values<T>();
    CudaWarpExec warp;
    const T none{};
    const T warp_total = warp.exclusive_scan(v, none, join);
    publish(warp_totals, warp_total);
    const uint32_t lane = threadIdx.x & 31u;
    PerThread<T> before(*this,
                        lane < (threads() >> 5) ? warp_totals[lane] : none);
    const T total = warp.exclusive_scan(before, zero, join);
    v[0] = join(shuffle_words(before[0], thread() >> 5), v[0]);
    Part::barrier();
    return total;
  }

  template <class T>
  __device__ __forceinline__ T inclusive_max(PerThread<T>& v) {
    T* warp_maxima = warp_values<T>();
    CudaWarpExec warp;
    const T warp_maximum = warp.inclusive_max(v);
    publish(warp_maxima, warp_maximum);
    const uint32_t warps_used = threads() >> 5;
    const uint32_t lane = threadIdx.x & 31u;
    PerThread<T> before(*this,
                        warp_maxima[lane < warps_used ? lane : warps_used - 1]);
    const T total = warp.inclusive_max(before);
    const uint32_t warp_index = thread() >> 5;
    const T left = __shfl_sync(CudaWarpExec::kAllLanes, before[0],
                               warp_index > 0 ? warp_index - 1 : 0);
    if (warp_index > 0 && left > v[0]) v[0] = left;
    Part::barrier();
    return total;
  }

  template <class T>
  __device__ __forceinline__ T sum(PerThread<T>& v) {
    T* warp_sums = warp_values<T>();
    CudaWarpExec warp;
    publish(warp_sums, warp.sum(v));
    PerThread<T> part(*this, lane_value(warp_sums));
    const T total = warp.sum(part);
    Part::barrier();
    return total;
  }

  template <class T>
  __device__ __forceinline__ T max(PerThread<T>& v) {
    PerThread<T> copy(*this, v[0]);
    return inclusive_max(copy);
  }

  template <class T>
  __device__ __forceinline__ bool any(PerThread<T>& v) {
    static_assert(std::is_same_v<Part, CudaWholeBlock>);
    return __syncthreads_or(v[0] != T(0)) != 0;
  }

 private:
  __device__ __forceinline__ static uint32_t thread() {
    return threadIdx.x - Part::first();
  }

  // A place for each warp, the same for all T: who uses it ends with a barrier.
  template <class T>
  __device__ __forceinline__ static T* warp_values() {
    static_assert(sizeof(T) <= kWarpValueBytes && alignof(T) <= 8);
    return static_cast<T*>(warp_memory()) + (Part::first() >> 5);
  }

  template <class T>
  __device__ __forceinline__ static void publish(T* per_warp, T value) {
    if ((threadIdx.x & 31u) == 0) per_warp[thread() >> 5] = value;
    Part::barrier();
  }

  template <class T>
  __device__ __forceinline__ static T lane_value(const T* per_warp) {
    const uint32_t lane = threadIdx.x & 31u;
    return lane < (Part::threads() >> 5) ? per_warp[lane] : T(0);
  }
};

using CudaBlockExec = CudaGroupExec<CudaWholeBlock>;

}  // namespace gpu_zstd
