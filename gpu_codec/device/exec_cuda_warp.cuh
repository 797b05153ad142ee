// The execution context of one warp on a GPU. See exec.h.
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
    GPU_ZSTD_NO_UNROLL
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
      return join_lanes(v[0], [](T a, T b) { return a + b; });
    }
  }

  template <class T>
  __device__ __forceinline__ T max(PerThread<T>& v) {
    if constexpr (kIsWord<T>) {
      return __reduce_max_sync(kAllLanes, v[0]);
    } else {
      return join_lanes(v[0], [](T a, T b) { return b > a ? b : a; });
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

 private:
  // All lanes' values joined in pairs, then pairs of these, and so on.
  template <class T, class Join>
  __device__ __forceinline__ static T join_lanes(T value, Join join) {
    GPU_ZSTD_UNROLL
    for (uint32_t step = 16; step > 0; step >>= 1) {
      value = join(value, __shfl_xor_sync(kAllLanes, value, step));
    }
    return value;
  }
};

}  // namespace gpu_zstd
