// What the machine grants this process: cores, caches, memory.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gpu_zstd {

struct Machine {
  // CPUs of the affinity mask, cut to the container's quota (rounded up).
  unsigned cores = 1;
  // Of those, the ones of the fastest kind; fewer than `cores` on hybrid
  // processors only. All cores work: frames are handed out one by one, so that
  // a slow core merely takes fewer of them.
  unsigned fast_cores = 1;
  size_t l2_bytes = 0;  // of one core; 0: not reported
  // Last-level cache that the allowed CPUs reach together: the sum over the
  // caches they share. 0: not reported.
  size_t llc_bytes = 0;
  // Physical memory, cut to the container's limit. 0: not reported.
  size_t memory_bytes = 0;
};

// Reads /sys, /proc and the cgroup (v2, or v1's quota) under `root`. `cpus` is
// the affinity mask; empty: this thread's own. Whatever is missing keeps its
// default. Thread-safe; does not throw.
Machine read_machine(const std::string& root = "/",
                     std::vector<int> cpus = {}) noexcept;

}  // namespace gpu_zstd
