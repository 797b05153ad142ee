// RocksDB's own programs with the plugin linked in, run from outside.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/run_command.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

using test::CommandResult;
using test::run_command;

CommandResult tool(const std::string& name, const std::string& arguments) {
  return run_command(std::string(TOOLS_DIR) + "/" + name + " " + arguments);
}

class RocksdbTools : public testing::Test {
 protected:
  std::string db() const { return dir_ / "db"; }

  CommandResult bench(const std::string& arguments) {
    return tool("db_bench",
                "--num=20000 --benchmarks=fillrandom,compact --db=" + db() +
                    " " + arguments);
  }

  std::string first_sst() const {
    for (const auto& entry : std::filesystem::directory_iterator(db())) {
      if (entry.path().extension() == ".sst") {
        return entry.path().string();
      }
    }
    ADD_FAILURE() << "no SST file in " << db();
    return "";
  }

  void expect_plugin_wrote_the_files() {
    const CommandResult dump =
        tool("sst_dump", "--show_properties --file=" + first_sst());
    EXPECT_EQ(dump.exit_code, 0) << dump.output;
    EXPECT_NE(dump.output.find("_compression_manager=GpuZstd;"),
              std::string::npos)
        << dump.output;
  }

  test::TempDir dir_;
};

TEST_F(RocksdbTools, DbBenchTakesTheManagerAndStockRocksdbReadsItsFiles) {
  const CommandResult run =
      bench("--compression_manager_uri='id=GpuZstd;level=9' --value_size=200");
  ASSERT_EQ(run.exit_code, 0) << run.output;
  expect_plugin_wrote_the_files();
  const CommandResult scan = run_command(STOCK_READER " " + db());
  EXPECT_EQ(scan.exit_code, 0) << scan.output;
  // Random keys: about 1 - 1/e of 20,000 differ.
  EXPECT_GT(std::stoi(scan.output), 10000);
}

TEST_F(RocksdbTools, DbBenchTakesAnOptionsFile) {
  const std::string file = dir_ / "options.ini";
  std::ofstream(file) << "[Version]\n  rocksdb_version=11.8.1\n"
                         "  options_file_version=1.1\n"
                         "[DBOptions]\n  create_if_missing=true\n"
                         "[CFOptions \"default\"]\n"
                         "  compression=kZSTD\n"
                         "  compression_manager={id=GpuZstd;level=3}\n";
  const CommandResult run = bench("--options_file=" + file);
  ASSERT_EQ(run.exit_code, 0) << run.output;
  expect_plugin_wrote_the_files();
}

TEST_F(RocksdbTools, DbBenchWithoutAManagerIsRocksdbs) {
  const CommandResult run = bench("--compression_type=zstd");
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const CommandResult dump =
      tool("sst_dump", "--show_properties --file=" + first_sst());
  EXPECT_EQ(dump.output.find("GpuZstd"), std::string::npos);
}

TEST_F(RocksdbTools, DbBenchRefusesABadManager) {
  for (const char* uri : {"id=GpuZstd;level=99", "id=GpuZstd;levle=3",
                          "NoSuchManager", "level=3"}) {
    const CommandResult run =
        bench(std::string("--compression_manager_uri='") + uri + "'");
    EXPECT_NE(run.exit_code, 0) << uri;
    EXPECT_NE(run.output.find(uri), std::string::npos) << run.output;
    EXPECT_FALSE(std::filesystem::exists(db())) << uri;
  }
}

TEST_F(RocksdbTools, SstDumpAndLdbReadAndVerify) {
  ASSERT_EQ(bench("--compression_manager_uri=GpuZstd").exit_code, 0);
  const CommandResult verify =
      tool("sst_dump", "--command=verify --file=" + first_sst());
  EXPECT_EQ(verify.exit_code, 0) << verify.output;
  EXPECT_NE(verify.output.find("The file is ok"), std::string::npos)
      << verify.output;
  const CommandResult check = tool("ldb", "checkconsistency --db=" + db());
  EXPECT_EQ(check.exit_code, 0) << check.output;
  const CommandResult scan =
      tool("ldb", "scan --hex --db=" + db() + " | grep -c '==>'");
  EXPECT_GT(std::stoi("0" + scan.output), 10000) << scan.output;
}

TEST_F(RocksdbTools, SstDumpRecompressesWithTheManager) {
  ASSERT_EQ(bench("--compression_type=none").exit_code, 0);
  const CommandResult run =
      tool("sst_dump",
           "--command=recompress --compression_types=kZSTD "
           "--compression_manager='{id=GpuZstd;level=5}' --file=" +
               first_sst());
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_NE(run.output.find("Compression: kZSTD"), std::string::npos)
      << run.output;
  EXPECT_NE(tool("sst_dump",
                 "--command=recompress --compression_types=kZSTD "
                 "--compression_manager=NoSuch --file=" +
                     first_sst())
                .exit_code,
            0);
}

TEST_F(RocksdbTools, LdbWritesThroughTheManagerOfTheOptionsFile) {
  ASSERT_EQ(bench("--compression_manager_uri=GpuZstd").exit_code, 0);
  const CommandResult compact =
      tool("ldb", "compact --try_load_options --db=" + db());
  EXPECT_EQ(compact.exit_code, 0) << compact.output;
  expect_plugin_wrote_the_files();
}

TEST_F(RocksdbTools, DbStressFindsNothingWrong) {
  const std::string expected = dir_ / "expected";
  std::filesystem::create_directory(expected);
  const CommandResult run = tool(
      "db_stress",
      "--compression_manager_uri='id=GpuZstd;level=3' --ops_per_thread=3000 "
      "--threads=2 --max_key=10000 --read_fault_one_in=0 "
      "--metadata_read_fault_one_in=0 --clear_column_family_one_in=0 "
      "--compression_parallel_threads=4 --db=" +
          db() + " --expected_values_dir=" + expected);
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_NE(run.output.find("Verification successful"), std::string::npos)
      << run.output;
  expect_plugin_wrote_the_files();
}

}  // namespace
}  // namespace gpu_zstd
