#include "tools/compare/machine.h"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "rocksdb/version.h"

namespace gpu_zstd::compare {
namespace {

std::string cpu_name() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

unsigned usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0
             ? static_cast<unsigned>(CPU_COUNT(&set))
             : 0;
}

}  // namespace

Machine this_machine() {
  Machine machine;
  machine.cpu = cpu_name();
  machine.cpus = usable_cpus();
  machine.memory_bytes = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  utsname name = {};
  if (uname(&name) == 0) {
    machine.kernel = std::string(name.sysname) + " " + name.release;
  }
  getloadavg(&machine.load_average, 1);
  return machine;
}

Versions linked_versions() {
  return {GPU_ZSTD_VERSION,
          rocksdb::GetRocksVersionAsString(/*with_patch=*/true),
          ZSTD_versionString()};
}

std::string utc_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace gpu_zstd::compare
