// On what, and with what, a comparison was made.
#pragma once

#include <cstdint>
#include <string>

namespace gpu_zstd::compare {

struct Machine {
  std::string cpu;    // the model's name, as the kernel has it
  unsigned cpus = 0;  // that this process may use
  uint64_t memory_bytes = 0;
  std::string kernel;       // name and release
  double load_average = 0;  // of the last minute, before the comparison
};

struct Versions {
  std::string gpu_zstd;
  std::string rocksdb;
  std::string zstd;
};

Machine this_machine();
Versions linked_versions();

// The time now, "2026-11-21T11:02:03Z".
std::string utc_time();

}  // namespace gpu_zstd::compare
