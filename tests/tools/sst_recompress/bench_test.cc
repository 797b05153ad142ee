// bench_recompress as a person runs it.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {
namespace {

class BenchRecompressTest : public testing::Test {
 protected:
  ProgramResult run(const std::string& input,
                    const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {BENCH_RECOMPRESS, "--dir=" + work_,
                                          "--levels=1",     "--repeats=1",
                                          "--threads=2",    "--nocompact"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(input);
    return Program(arguments, dir_.path().string()).wait();
  }

  TempDir dir_;
  const std::string work_ = dir_ / "work";
  const std::string input_ = dir_ / "input";
};

TEST_F(BenchRecompressTest, MeasuresBlocksOfAnySize) {
  write_file(input_, text_like(5'000'000, 1));
  for (const char* bytes : {"16384", "2000000"}) {
    const auto result = run(input_, {"--block_size=" + std::string(bytes),
                                     "--value_size=" + std::string(bytes)});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_NE(result.out.find("| 1 | "), std::string::npos) << result.out;
    EXPECT_FALSE(std::filesystem::exists(work_));
  }
}

TEST_F(BenchRecompressTest, RefusesWhatItCannotMeasureBeforeItBegins) {
  write_file(input_, text_like(10'000, 1));
  for (const char* flag :
       {"--value_size=0", "--block_size=0", "--copies=0", "--threads=0",
        "--repeats=0", "--memory_mb=0", "--levels=x", "--levels=99",
        "--verify=checksums", "--engine=tpu", "--source=kNone"}) {
    const auto result = run(input_, {flag});
    EXPECT_EQ(result.exit_status, 1) << flag;
    EXPECT_NE(result.err.find("bench_recompress: "), std::string::npos) << flag;
    EXPECT_FALSE(std::filesystem::exists(work_)) << flag;
  }
  for (const std::string& path : {dir_ / "none", dir_.path().string()}) {
    const auto result = run(path, {});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.err.find(path + ": cannot be read"), std::string::npos)
        << result.err;
    EXPECT_FALSE(std::filesystem::exists(work_));
  }
}

}  // namespace
}  // namespace gpu_zstd::test
