#include "cpu_fallback/bulk/machine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

// A made-up machine's /sys and /proc.
class FakeMachine : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& text) {
    const auto full = dir_.path() / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text << '\n';
  }
  void put_cache(int cpu, int index, int level, const std::string& type,
                 const std::string& size, const std::string& sharers) {
    const std::string dir = "sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                            "/cache/index" + std::to_string(index) + "/";
    put(dir + "level", std::to_string(level));
    put(dir + "type", type);
    put(dir + "size", size);
    put(dir + "shared_cpu_list", sharers);
  }
  void SetUp() override {
    put("proc/meminfo", "MemTotal:       16777216 kB");
    for (int cpu = 0; cpu < 4; ++cpu) {
      put_cache(cpu, 0, 1, "Data", "32K", std::to_string(cpu));
      put_cache(cpu, 1, 1, "Instruction", "64K", std::to_string(cpu));
      put_cache(cpu, 2, 2, "Unified", "1024K", std::to_string(cpu));
      put_cache(cpu, 3, 3, "Unified", "16M", cpu < 2 ? "0-1" : "2-3");
    }
  }
  Machine read(std::vector<int> cpus = {0, 1, 2, 3}) {
    return read_machine(dir_.path().string(), std::move(cpus));
  }

  test::TempDir dir_;
};

TEST_F(FakeMachine, CoresCachesAndMemory) {
  const Machine machine = read();
  EXPECT_EQ(machine.cores, 4u);
  EXPECT_EQ(machine.fast_cores, 4u);
  EXPECT_EQ(machine.l2_bytes, size_t{1} << 20);
  EXPECT_EQ(machine.llc_bytes, size_t{32} << 20) << "two caches of 16 MiB";
  EXPECT_EQ(machine.memory_bytes, size_t{16} << 30);
}

TEST_F(FakeMachine, TheAffinityMaskCutsCoresAndCaches) {
  const Machine machine = read({0, 1});
  EXPECT_EQ(machine.cores, 2u);
  EXPECT_EQ(machine.llc_bytes, size_t{16} << 20);
}

TEST_F(FakeMachine, ContainerLimitsOfAnyAncestorBind) {
  put("proc/self/cgroup", "0::/pod/box");
  put("sys/fs/cgroup/pod/box/cpu.max", "max 100000");
  put("sys/fs/cgroup/pod/cpu.max", "150000 100000");
  put("sys/fs/cgroup/pod/box/memory.max", "1073741824");
  put("sys/fs/cgroup/pod/memory.max", "max");
  const Machine machine = read();
  EXPECT_EQ(machine.cores, 2u) << "one and a half CPUs";
  EXPECT_EQ(machine.memory_bytes, size_t{1} << 30);
}

TEST_F(FakeMachine, TheOlderCgroupsBindToo) {
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000");
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648");
  EXPECT_EQ(read().cores, 3u);
  EXPECT_EQ(read().memory_bytes, size_t{2} << 30);
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  EXPECT_EQ(read().cores, 4u) << "-1 is no limit";
}

TEST_F(FakeMachine, HybridsTellTheirFastCores) {
  put("sys/devices/cpu_core/cpus", "0-1");
  EXPECT_EQ(read().fast_cores, 2u);
  EXPECT_EQ(read({1, 2, 3}).fast_cores, 1u);
}

TEST_F(FakeMachine, ArmHybridsTellCapacities) {
  for (int cpu = 0; cpu < 4; ++cpu) {
    put("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpu_capacity",
        cpu == 3 ? "1024" : "430");
  }
  EXPECT_EQ(read().fast_cores, 1u);
}

TEST(Machine, WithoutAnyFilesIsStillAMachine) {
  const Machine machine = read_machine("/nonexistent");
  EXPECT_GE(machine.cores, 1u);
  EXPECT_EQ(machine.llc_bytes, 0u);
}

TEST(Machine, OfThisTestHasMemory) {
  EXPECT_GT(read_machine().memory_bytes, 0u);
}

}  // namespace
}  // namespace gpu_zstd
