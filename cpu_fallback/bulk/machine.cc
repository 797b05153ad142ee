#include "cpu_fallback/bulk/machine.h"

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace gpu_zstd {
namespace {

std::optional<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) {
    return std::nullopt;
  }
  return line;
}

// "48K", "32M" or plain bytes, as sysfs and cgroup files write sizes.
size_t parse_bytes(const std::string& text) {
  std::istringstream stream(text);
  size_t value = 0;
  if (!(stream >> value)) {
    return 0;
  }
  switch (stream.get()) {
    case 'K':
      return value << 10;
    case 'M':
      return value << 20;
    case 'G':
      return value << 30;
    default:
      return value;
  }
}

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) {
        cpus.push_back(cpu);
      }
    }
  }
  return cpus;
}

// "0-3,8" as sysfs writes sets of CPUs.
std::set<int> parse_cpu_list(const std::string& text) {
  std::set<int> cpus;
  std::istringstream stream(text);
  std::string range;
  while (std::getline(stream, range, ',')) {
    int first = 0;
    int last = 0;
    std::istringstream bounds(range);
    if (!(bounds >> first)) {
      continue;
    }
    last = first;
    if (bounds.get() == '-') {
      bounds >> last;
    }
    for (int cpu = first; cpu <= last; ++cpu) {
      cpus.insert(cpu);
    }
  }
  return cpus;
}

void read_caches(const std::string& root, const std::vector<int>& cpus,
                 Machine* machine) {
  int last_level = 0;
  std::set<std::string> counted;  // one entry for each cache of last_level
  for (const int cpu : cpus) {
    for (int index = 0; index < 8; ++index) {
      const std::string dir = root + "/sys/devices/system/cpu/cpu" +
                              std::to_string(cpu) + "/cache/index" +
                              std::to_string(index) + "/";
      const auto level_text = first_line(dir + "level");
      const auto type = first_line(dir + "type");
      const auto size = first_line(dir + "size");
      if (!level_text || !type || !size || *type == "Instruction") {
        continue;
      }
      const int level = static_cast<int>(parse_bytes(*level_text));
      if (level == 2) {
        machine->l2_bytes = std::max(machine->l2_bytes, parse_bytes(*size));
      }
      if (level > last_level) {
        last_level = level;
        machine->llc_bytes = 0;
        counted.clear();
      }
      const std::string sharers =
          first_line(dir + "shared_cpu_list").value_or(std::to_string(cpu));
      if (level == last_level && counted.insert(sharers).second) {
        machine->llc_bytes += parse_bytes(*size);
      }
    }
  }
}

// The kernel gives relative speeds of CPUs on Arm (cpu_capacity), and on Intel
// hybrids a device for each kind (cpu_core are the fast ones).
unsigned count_fast(const std::string& root, const std::vector<int>& cpus) {
  if (const auto list = first_line(root + "/sys/devices/cpu_core/cpus")) {
    const std::set<int> fast = parse_cpu_list(*list);
    return static_cast<unsigned>(std::count_if(
        cpus.begin(), cpus.end(), [&](int cpu) { return fast.contains(cpu); }));
  }
  size_t best = 0;
  unsigned count = 0;
  for (const int cpu : cpus) {
    const size_t capacity =
        parse_bytes(first_line(root + "/sys/devices/system/cpu/cpu" +
                               std::to_string(cpu) + "/cpu_capacity")
                        .value_or("0"));
    count = capacity > best ? 1 : count + (capacity == best ? 1 : 0);
    best = std::max(best, capacity);
  }
  return count;
}

// CPUs that a quota of `quota` microseconds in each `period` is worth.
unsigned whole_cpus(double quota, double period) {
  const double cpus = quota / period;
  return std::max(1u, static_cast<unsigned>(cpus + 0.999));
}

void apply_cgroup_dir(const std::string& dir, Machine* machine) {
  if (const auto cpu_max = first_line(dir + "/cpu.max")) {
    double quota = 0;
    double period = 0;
    std::istringstream stream(*cpu_max);  // "max 100000" is no number: no limit
    if (stream >> quota >> period && quota > 0 && period > 0) {
      machine->cores = std::min(machine->cores, whole_cpus(quota, period));
    }
  }
  const size_t limit =
      parse_bytes(first_line(dir + "/memory.max").value_or(""));
  if (limit > 0) {
    machine->memory_bytes = std::min(machine->memory_bytes, limit);
  }
}

// A limit of any ancestor binds too, so the walk goes up to the top.
void apply_cgroup_v2(const std::string& root, Machine* machine) {
  std::ifstream file(root + "/proc/self/cgroup");
  std::string path = "/";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) {
      path = line.substr(3);
    }
  }
  while (true) {
    apply_cgroup_dir(root + "/sys/fs/cgroup" + path, machine);
    if (path.empty() || path == "/") {
      return;
    }
    path.resize(path.rfind('/'));
  }
}

void apply_cgroup_v1(const std::string& root, Machine* machine) {
  const std::string cpu = root + "/sys/fs/cgroup/cpu/cpu.cfs_";
  const size_t quota = parse_bytes(first_line(cpu + "quota_us").value_or(""));
  const size_t period = parse_bytes(first_line(cpu + "period_us").value_or(""));
  // An unlimited group reads -1, which is no size and comes out as the top of
  // the range.
  if (quota > 0 && period > 0 && quota < SIZE_MAX / 2) {
    machine->cores = std::min(
        machine->cores,
        whole_cpus(static_cast<double>(quota), static_cast<double>(period)));
  }
  const size_t limit = parse_bytes(
      first_line(root + "/sys/fs/cgroup/memory/memory.limit_in_bytes")
          .value_or(""));
  if (limit > 0) {
    machine->memory_bytes = std::min(machine->memory_bytes, limit);
  }
}

size_t physical_memory(const std::string& root) {
  std::ifstream file(root + "/proc/meminfo");
  std::string name;
  size_t kib = 0;
  file >> name >> kib;  // the first line is MemTotal
  return kib << 10;
}

}  // namespace

Machine read_machine(const std::string& root, std::vector<int> cpus) noexcept {
  Machine machine;
  try {
    if (cpus.empty()) {
      cpus = allowed_cpus();
    }
    machine.cores = std::max<unsigned>(1, static_cast<unsigned>(cpus.size()));
    machine.memory_bytes = physical_memory(root);
    read_caches(root, cpus, &machine);
    const unsigned fast = count_fast(root, cpus);
    apply_cgroup_v2(root, &machine);
    apply_cgroup_v1(root, &machine);
    machine.fast_cores = std::clamp(fast, 1u, machine.cores);
  } catch (...) {
    // Out of memory while reading text: the defaults and what was read stand.
  }
  return machine;
}

}  // namespace gpu_zstd
