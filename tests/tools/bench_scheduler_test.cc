// bench_scheduler as a person runs it, on the simulated device.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {
namespace {

class BenchSchedulerTest : public testing::Test {
 protected:
  BenchSchedulerTest() { write_file(dir_ / "input", text_like(40'000, 1)); }

  ProgramResult run(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        BENCH_SCHEDULER, "--device=sim", "--sim_latency_us=1",
        "--callers=1",   "--levels=1",   "--seconds=0.01"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(dir_ / "input");
    return Program(arguments, dir_.path().string()).wait();
  }

  TempDir dir_;
};

TEST_F(BenchSchedulerTest, WritesItsFigures) {
  const std::string json = dir_ / "figures.json";
  const auto result = run({"--json=" + json});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(read_file(json).find("\"engine\": \"libzstd\""), std::string::npos);
  const auto full = run({"--json=/dev/full"});
  EXPECT_EQ(full.exit_status, 1);
  EXPECT_NE(full.err.find("cannot write /dev/full"), std::string::npos);
  const auto none = run({"--json=" + (dir_ / "none/figures.json")});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_NE(none.err.find("none/figures.json: No such file"),
            std::string::npos);
  EXPECT_EQ(none.out, "");
}

TEST_F(BenchSchedulerTest, RefusesWhatItCannotMeasure) {
  for (const char* flag :
       {"--mode=gpu", "--device=gpu", "--block_sizes=0", "--callers=0",
        "--levels=x", "--levels=0", "--levels=1,", "--levels=1x", "--levels=99",
        "--devices=none", "--max_lanes=0", "--deadline_ms=0", "--seconds=0",
        "--verify_one_in=-1"}) {
    const auto result = run({flag});
    EXPECT_EQ(result.exit_status, 2) << flag << result.err;
    EXPECT_NE(result.err.find(": expected "), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "") << flag;
  }
  EXPECT_EQ(run({"--nosuchflag"}).exit_status, 2);
  EXPECT_EQ(run({"--block_sizes=50000"}).exit_status, 2);
}

}  // namespace
}  // namespace gpu_zstd::test
