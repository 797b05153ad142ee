// The execution context on a GPU: a CTA or one of its warps. See exec.h.
#pragma once

#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// A thread's own value between phases is a register.
template <class T>
class CudaPerThread {
 public:
  template <class Exec>
  __device__ __forceinline__ explicit CudaPerThread(const Exec&, T value = T())
      : value_(value) {}
  __device__ __forceinline__ T& operator[](uint32_t) { return value_; }

 private:
  T value_;
};

// A struct of 32-bit words from another lane of the warp.
template <class T>
__device__ __forceinline__ T shuffle_words(const T& value, uint32_t lane) {
  static_assert(sizeof(T) % 4 == 0);
  T result;
  const uint32_t* from = reinterpret_cast<const uint32_t*>(&value);
  uint32_t* to = reinterpret_cast<uint32_t*>(&result);
  GPU_ZSTD_UNROLL
  for (uint32_t w = 0; w < sizeof(T) / 4; ++w) {
    to[w] = __shfl_sync(0xFFFFFFFFu, from[w], lane);
  }
  return result;
}

// Integers that the warp's reduction instructions take.
template <class T>
inline constexpr bool kIsWord =
    std::is_same_v<T, uint32_t> || std::is_same_v<T, int32_t>;

struct CudaAtomics {
  template <class T>
  __device__ __forceinline__ static void add(T* p, T value) {
    atomicAdd(p, value);
  }
  template <class T>
  __device__ __forceinline__ static void min(T* p, T value) {
    atomicMin(p, value);
  }
  template <class T>
  __device__ __forceinline__ static void max(T* p, T value) {
    atomicMax(p, value);
  }
  template <class T>
  __device__ __forceinline__ static void or_bits(T* p, T value) {
    atomicOr(p, value);
  }
};

// One warp.
class CudaWarpExec : public CudaAtomics {
 public:
  static constexpr bool kIsCuda = true;
  static constexpr uint32_t kThreads = kWarpThreads;
  static constexpr uint32_t kAllLanes = 0xFFFFFFFFu;

  template <class T>
  using PerThread = CudaPerThread<T>;

  using CudaAtomics::max;

  __device__ __forceinline__ uint32_t threads() const { return kWarpThreads; }

  template <class F>
  __device__ __forceinline__ void phase(F&& f) {
    f(threadIdx.x & 31u);
    __syncwarp();
  }

  template <class F>
  __device__ __forceinline__ void for_each(uint32_t n, F&& f) {
    for (uint32_t i = threadIdx.x & 31u; i < n; i += kWarpThreads) f(i);
    __syncwarp();
  }

  template <class F>
  __device__ __forceinline__ void single(F&& f) {
    if ((threadIdx.x & 31u) == 0) f();
    __syncwarp();
  }

  template <class F>
  __device__ __forceinline__ void warps(uint32_t n, F&& f) {
    for (uint32_t task = 0; task < n; ++task) f(*this, task);
  }

  template <class T>
  __device__ __forceinline__ T exclusive_sum(PerThread<T>& v) {
    const uint32_t lane = threadIdx.x & 31u;
    const T own = v[lane];
    T inclusive = own;
    GPU_ZSTD_UNROLL
    for (uint32_t step = 1; step < kWarpThreads; step <<= 1) {
      const T left = __shfl_up_sync(kAllLanes, inclusive, step);
      if (lane >= step) inclusive += left;
    }
    v[lane] = inclusive - own;
    __syncwarp();
    return __shfl_sync(kAllLanes, inclusive, 31);
  }

  template <class T, class Join>
  __device__ __forceinline__ T exclusive_scan(PerThread<T>& v, const T& zero,
                                              Join join) {
    const uint32_t lane = threadIdx.x & 31u;
    T joined = v[lane];
    GPU_ZSTD_UNROLL
    for (uint32_t step = 1; step < kWarpThreads; step <<= 1) {
      const T left = shuffle_words(joined, lane - step);
      if (lane >= step) joined = join(left, joined);
    }
    const T before = shuffle_words(joined, lane - 1);
    v[lane] = lane > 0 ? join(zero, before) : zero;
    return join(zero, shuffle_words(joined, 31));
  }

  template <class T>
  __device__ __forceinline__ T inclusive_max(PerThread<T>& v) {
    const uint32_t lane = threadIdx.x & 31u;
    T value = v[lane];
    GPU_ZSTD_UNROLL
    for (uint32_t step = 1; step < kWarpThreads; step <<= 1) {
      const T left = __shfl_up_sync(kAllLanes, value, step);
      if (lane >= step && left > value) value = left;
    }
    v[lane] = value;
    __syncwarp();
    return __shfl_sync(kAllLanes, value, 31);
  }

  template <class T>
  __device__ __forceinline__ T sum(PerThread<T>& v) {
    if constexpr (kIsWord<T>) {
      return __reduce_add_sync(kAllLanes, v[0]);
    } else {
      T value = v[0];
      GPU_ZSTD_UNROLL
      for (uint32_t step = 16; step > 0; step >>= 1) {
        value += __shfl_xor_sync(kAllLanes, value, step);
      }
      return value;
    }
  }

  template <class T>
  __device__ __forceinline__ T max(PerThread<T>& v) {
    if constexpr (kIsWord<T>) {
      return __reduce_max_sync(kAllLanes, v[0]);
    } else {
      T value = v[0];
      GPU_ZSTD_UNROLL
      for (uint32_t step = 16; step > 0; step >>= 1) {
        const T other = __shfl_xor_sync(kAllLanes, value, step);
        if (other > value) value = other;
      }
      return value;
    }
  }

  template <class T>
  __device__ __forceinline__ bool any(PerThread<T>& v) {
    return __any_sync(kAllLanes, v[0] != T(0));
  }

  template <class T>
  __device__ __forceinline__ uint32_t ballot(PerThread<T>& v) {
    return __ballot_sync(kAllLanes, v[0] != T(0));
  }
};

// One CTA of a whole number of warps.
class CudaBlockExec : public CudaAtomics {
 public:
  static constexpr bool kIsCuda = true;
  static constexpr uint32_t kThreads = kMaxBlockThreads;

  template <class T>
  using PerThread = CudaPerThread<T>;

  using CudaAtomics::max;

  __device__ __forceinline__ uint32_t threads() const { return blockDim.x; }

  template <class F>
  __device__ __forceinline__ void phase(F&& f) {
    f(threadIdx.x);
    __syncthreads();
  }

  template <class F>
  __device__ __forceinline__ void for_each(uint32_t n, F&& f) {
    for (uint32_t i = threadIdx.x; i < n; i += blockDim.x) f(i);
    __syncthreads();
  }

  template <class F>
  __device__ __forceinline__ void single(F&& f) {
    if (threadIdx.x == 0) f();
    __syncthreads();
  }

  template <class F>
  __device__ __forceinline__ void warps(uint32_t n, F&& f) {
    CudaWarpExec warp;
    for (uint32_t task = threadIdx.x >> 5; task < n; task += blockDim.x >> 5) {
      f(warp, task);
    }
    __syncthreads();
  }

  template <class T>
  __device__ __forceinline__ T exclusive_sum(PerThread<T>& v) {
    T* warp_totals = warp_values<T>();
    CudaWarpExec warp;
    const T warp_total = warp.exclusive_sum(v);
    publish(warp_totals, warp_total);
    PerThread<T> offset(*this, lane_value(warp_totals));
    const T total = warp.exclusive_sum(offset);
    v[0] += __shfl_sync(CudaWarpExec::kAllLanes, offset[0], threadIdx.x >> 5);
    __syncthreads();
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
                        lane < (blockDim.x >> 5) ? warp_totals[lane] : none);
    const T total = warp.exclusive_scan(before, zero, join);
    v[0] = join(shuffle_words(before[0], threadIdx.x >> 5), v[0]);
    __syncthreads();
    return total;
  }

  template <class T>
  __device__ __forceinline__ T inclusive_max(PerThread<T>& v) {
    T* warp_maxima = warp_values<T>();
    CudaWarpExec warp;
    const T warp_maximum = warp.inclusive_max(v);
    publish(warp_maxima, warp_maximum);
    const uint32_t warps_used = blockDim.x >> 5;
    const uint32_t lane = threadIdx.x & 31u;
    PerThread<T> before(*this,
                        warp_maxima[lane < warps_used ? lane : warps_used - 1]);
    const T total = warp.inclusive_max(before);
    const uint32_t warp_index = threadIdx.x >> 5;
    const T left = __shfl_sync(CudaWarpExec::kAllLanes, before[0],
                               warp_index > 0 ? warp_index - 1 : 0);
    if (warp_index > 0 && left > v[0]) v[0] = left;
    __syncthreads();
    return total;
  }

  template <class T>
  __device__ __forceinline__ T sum(PerThread<T>& v) {
    T* warp_sums = warp_values<T>();
    CudaWarpExec warp;
    publish(warp_sums, warp.sum(v));
    PerThread<T> part(*this, lane_value(warp_sums));
    const T total = warp.sum(part);
    __syncthreads();
    return total;
  }

  template <class T>
  __device__ __forceinline__ T max(PerThread<T>& v) {
    PerThread<T> copy(*this, v[0]);
    return inclusive_max(copy);
  }

  template <class T>
  __device__ __forceinline__ bool any(PerThread<T>& v) {
    return __syncthreads_or(v[0] != T(0)) != 0;
  }

 private:
  // A place for each warp, the same for all T: who uses it ends with a barrier.
  template <class T>
  __device__ __forceinline__ static T* warp_values() {
    static_assert(sizeof(T) <= kWarpValueBytes && alignof(T) <= 8);
    return static_cast<T*>(warp_memory());
  }
  static constexpr uint32_t kWarpValueBytes = 12;
  __device__ __forceinline__ static void* warp_memory() {
    __shared__ __align__(8) uint8_t memory[kWarpValueBytes * kWarpThreads];
    return memory;
  }

  template <class T>
  __device__ __forceinline__ static void publish(T* per_warp, T value) {
    if ((threadIdx.x & 31u) == 0) per_warp[threadIdx.x >> 5] = value;
    __syncthreads();
  }

  template <class T>
  __device__ __forceinline__ static T lane_value(const T* per_warp) {
    const uint32_t lane = threadIdx.x & 31u;
    return lane < (blockDim.x >> 5) ? per_warp[lane] : T(0);
  }
};

}  // namespace gpu_zstd
