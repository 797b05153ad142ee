// Wall time and processor time of a phase.
#pragma once

#include <cstdint>
#include <functional>

namespace gpu_zstd::compare {

struct Phase {
  uint64_t wall_ns = 0;
  uint64_t cpu_ns = 0;  // user and system time of all threads of the process
};

// Runs `work` and adds what it took to *phase. The caller sees to it that
// nothing else runs in the process meanwhile.
void measure(const std::function<void()>& work, Phase* phase);

}  // namespace gpu_zstd::compare
