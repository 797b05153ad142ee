// The execution context on a host: phases are loops. See exec.h for the rules.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

// One CTA (or one warp of it) as loops on the calling thread. Owns nothing, so
// contexts may be used by any number of host threads, one each.
template <uint32_t kMaxThreads>
class HostExec {
 public:
  static constexpr bool kIsCuda = false;
  static constexpr uint32_t kThreads = kMaxThreads;

  explicit HostExec(uint32_t threads = kMaxThreads) : threads_(threads) {}

  template <class T>
  class PerThread {
   public:
    explicit PerThread(const HostExec&, T value = T()) { values_.fill(value); }
    T& operator[](uint32_t thread) { return values_[thread]; }

   private:
    std::array<T, kMaxThreads> values_;
  };

  uint32_t threads() const { return threads_; }

  template <class F>
  void phase(F&& f) {
    for (uint32_t t = 0; t < threads_; ++t) f(t);
  }

  template <class F>
  void prelude(F&& f) {
    phase(f);
  }

  template <class F>
  void for_each(uint32_t n, F&& f) {
    for (uint32_t i = 0; i < n; ++i) f(i);
  }

  template <class F>
  void single(F&& f) {
    f();
  }

  template <class F>
  void warps(uint32_t n, F&& f) {
    for (uint32_t task = 0; task < n; ++task) {
      HostExec<kWarpThreads> warp;
      f(warp, task);
    }
  }

  template <class F, class G>
  void beside(uint32_t tasks, F&& f, uint32_t n, G&& g) {
    for_each(n, g);
    warps(tasks, f);
  }

  template <class F>
  void halves(F&& f) {
    HostExec half(threads_ / 2);
    f(half, 0u);
    f(half, 1u);
  }

  template <class T>
  T exclusive_sum(PerThread<T>& v) {
    T sum = 0;
    for (uint32_t t = 0; t < threads_; ++t) {
      const T x = v[t];
      v[t] = sum;
      sum += x;
    }
    return sum;
  }

  template <class T, class Join>
  T exclusive_scan(PerThread<T>& v, const T& zero, Join join) {
    T joined = zero;
    for (uint32_t t = 0; t < threads_; ++t) {
      const T x = v[t];
      v[t] = joined;
      joined = join(joined, x);
    }
    return joined;
  }

  template <class T>
  T inclusive_max(PerThread<T>& v) {
    for (uint32_t t = 1; t < threads_; ++t) v[t] = std::max(v[t], v[t - 1]);
    return v[threads_ - 1];
  }

  template <class T>
  T sum(PerThread<T>& v) {
    T result = 0;
    for (uint32_t t = 0; t < threads_; ++t) result += v[t];
    return result;
  }

  template <class T>
  T max(PerThread<T>& v) {
    T result = v[0];
    for (uint32_t t = 1; t < threads_; ++t) result = std::max(result, v[t]);
    return result;
  }

  template <class T>
  bool any(PerThread<T>& v) {
    bool result = false;
    for (uint32_t t = 0; t < threads_; ++t) result |= v[t] != T(0);
    return result;
  }

  template <class T>
  uint32_t ballot(PerThread<T>& v) {
    static_assert(kMaxThreads == kWarpThreads);
    uint32_t mask = 0;
    for (uint32_t t = 0; t < kWarpThreads; ++t) mask |= (v[t] != T(0)) << t;
    return mask;
  }

  template <class T>
  static void add(T* p, T value) {
    *p += value;
  }
  template <class T>
  static void min(T* p, T value) {
    *p = std::min(*p, value);
  }
  template <class T>
  static void max(T* p, T value) {
    *p = std::max(*p, value);
  }
  template <class T>
  static void or_bits(T* p, T value) {
    *p |= value;
  }

 private:
  uint32_t threads_;
};

using HostBlockExec = HostExec<kMaxBlockThreads>;

}  // namespace gpu_zstd
