// Execution context: how one algorithm runs on a GPU and on a host.
//
// An algorithm is a function template over an `Exec`. It is a sequence of
// phases; in a phase every thread of the context does its part, and no thread
// enters the next phase before all have left this one. CUDA runs a phase once
// in each thread and ends it with a barrier (exec_cuda.cuh); the host runs it
// as a loop over the threads (exec_host.h).
//
//   template <class Exec>
//   GPU_ZSTD_FN void count_bytes(Exec& x, const uint8_t* p, uint32_t n,
//                                uint32_t* counts) {
//     x.for_each(256, [&](uint32_t i) { counts[i] = 0; });
//     x.for_each(n, [&](uint32_t i) { x.add(&counts[p[i]], 1u); });
//   }
//
// Both contexts have these members:
//
//   kThreads                  most threads the context may have
//   threads()                 threads it has
//   phase(f)                  f(thread) in every thread, then the barrier
//   prelude(f)                f(thread) in every thread, and no barrier: until
//                             the next one no other thread touches what a
//                             thread writes here, nor writes what it reads; not
//                             in a warp's context
//   for_each(n, f)            f(i) for i in [0, n), spread over the threads
//   single(f)                 f() in one thread, then the barrier
//   warps(n, f)               f(warp_exec, task) for task in [0, n): each task
//                             has a context of 32 threads of its own, tasks
//                             run beside each other; then the barrier
//   beside(t, f, n, g)        f(warp_exec, task) for task in [0, t) as warps()
//                             has it, beside these g(i) for i in [0, n), by the
//                             warps without a task and those that are done, who
//                             take the next 32 whenever they are; the barrier
//   halves(f)                 f(half_exec, h) for h in [0, 2): each half of the
//                             threads, of which there are a multiple of 64, has
//                             a context of its own, without halves() and any();
//                             they run beside each other; then the barrier
//   PerThread<T> v(x)         a value a thread keeps from phase to phase:
//                             v[thread]; never read another thread's
//   exclusive_sum(v)          v[t] becomes the sum of v[0..t); all threads get
//                             the total
//   inclusive_max(v)          v[t] becomes the largest of v[0..t]; all get that
//                             of the last thread
//   exclusive_scan(v, zero, join)   as exclusive_sum, of any associative join
//                             of structs of 32-bit words
//   sum(v), max(v), any(v)    leave v alone; all threads get the sum, the
//                             largest, or whether one is not 0. The types of
//                             all these are uint32_t and int32_t, of sums
//                             uint64_t too
//   ballot(v)                 in a context of 32 threads only: bit t of the
//                             result is set where v[t] is not 0
//   add, min, max, or_bits    (pointer, value): atomic, shared or global
//                             memory. They return nothing: what an atomic
//                             returns depends on timing.
//
// Rules that make both give the same bytes, run after run:
//  - phase(), prelude(), for_each() and the collectives are called by all
//    threads of the context, never from inside a phase;
//  - in one phase no thread reads what another writes, except through the
//    atomics, whose results are read in a later phase;
//  - a result must not depend on the number of threads or on their order. Where
//    threads race for one place the winner is decided by value (max of a packed
//    key), not by who comes first;
//  - no floating point.
//
// The memory an algorithm works on is handed to it: a named struct (shared
// memory on the GPU, any memory on the host) and pointers into the workspace.
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
// Runs on the device; the host model compiles the same text for the host.
#define GPU_ZSTD_FN __device__ __forceinline__
// As above, too long to be copied into each caller.
#define GPU_ZSTD_FN_CALL __device__ __noinline__
// Runs on both sides of a CUDA build (sizes, bounds, format arithmetic).
#define GPU_ZSTD_HOST_FN __host__ __device__ __forceinline__
// A constant table that device functions index.
#define GPU_ZSTD_TABLE static __device__ constexpr
#define GPU_ZSTD_UNROLL _Pragma("unroll")
#define GPU_ZSTD_NO_UNROLL _Pragma("unroll 1")
#else
#define GPU_ZSTD_FN inline
#define GPU_ZSTD_FN_CALL inline
#define GPU_ZSTD_HOST_FN inline
#define GPU_ZSTD_TABLE inline constexpr
#define GPU_ZSTD_UNROLL
#define GPU_ZSTD_NO_UNROLL
#endif

namespace gpu_zstd {

inline constexpr uint32_t kWarpThreads = 32;
inline constexpr uint32_t kMaxBlockThreads = 1024;

GPU_ZSTD_HOST_FN constexpr uint32_t smaller(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

// The first thread of warp `warp`, or thread 0 if there are not so many: who
// does what one thread does alone beside others' work.
GPU_ZSTD_HOST_FN constexpr uint32_t leader_of(uint32_t warp, uint32_t threads) {
  return warp * kWarpThreads < threads ? warp * kWarpThreads : 0;
}

}  // namespace gpu_zstd
