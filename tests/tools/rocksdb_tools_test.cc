// RocksDB's own programs with the plugin linked in, run from outside.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

using test::ProgramResult;
using test::run_command;

ProgramResult tool(const std::string& name, const std::string& arguments) {
  return run_command(std::string(TOOLS_DIR) + "/" + name + " " + arguments);
}

class RocksdbTools : public testing::Test {
 protected:
  std::string db() const { return dir_ / "db"; }

  ProgramResult bench(const std::string& arguments) {
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
    const ProgramResult dump =
        tool("sst_dump", "--show_properties --file=" + first_sst());
    EXPECT_EQ(dump.exit_status, 0) << dump.out;
    EXPECT_NE(dump.out.find("_compression_manager=GpuZstd;"), std::string::npos)
        << dump.out;
  }

  test::TempDir dir_;
};

TEST_F(RocksdbTools, DbBenchTakesTheManagerAndStockRocksdbReadsItsFiles) {
  const ProgramResult run =
      bench("--compression_manager_uri='id=GpuZstd;level=9' --value_size=200");
  ASSERT_EQ(run.exit_status, 0) << run.out;
  expect_plugin_wrote_the_files();
  const ProgramResult scan = run_command(STOCK_READER " " + db());
  EXPECT_EQ(scan.exit_status, 0) << scan.out;
  // Random keys: about 1 - 1/e of 20,000 differ.
  EXPECT_GT(std::stoi(scan.out), 10000);
}

TEST_F(RocksdbTools, DbBenchTakesAnOptionsFile) {
  const std::string file = dir_ / "options.ini";
  std::ofstream(file) << "[Version]\n  rocksdb_version=11.8.1\n"
                         "  options_file_version=1.1\n"
                         "[DBOptions]\n  create_if_missing=true\n"
                         "[CFOptions \"default\"]\n"
                         "  compression=kZSTD\n"
                         "  compression_manager={id=GpuZstd;level=3}\n";
  const ProgramResult run = bench("--options_file=" + file);
  ASSERT_EQ(run.exit_status, 0) << run.out;
  expect_plugin_wrote_the_files();
}

TEST_F(RocksdbTools, DbBenchWithoutAManagerIsRocksdbs) {
  const ProgramResult run = bench("--compression_type=zstd");
  ASSERT_EQ(run.exit_status, 0) << run.out;
  const ProgramResult dump =
      tool("sst_dump", "--show_properties --file=" + first_sst());
  EXPECT_EQ(dump.out.find("GpuZstd"), std::string::npos);
}

TEST_F(RocksdbTools, DbBenchRefusesABadManager) {
  for (const char* uri : {"id=GpuZstd;level=99", "id=GpuZstd;levle=3",
                          "NoSuchManager", "level=3"}) {
    const ProgramResult run =
        bench(std::string("--compression_manager_uri='") + uri + "'");
    EXPECT_NE(run.exit_status, 0) << uri;
    EXPECT_NE(run.out.find(uri), std::string::npos) << run.out;
    EXPECT_FALSE(std::filesystem::exists(db())) << uri;
  }
}

TEST_F(RocksdbTools, SstDumpAndLdbReadAndVerify) {
  ASSERT_EQ(bench("--compression_manager_uri=GpuZstd").exit_status, 0);
  const ProgramResult verify =
      tool("sst_dump", "--command=verify --file=" + first_sst());
  EXPECT_EQ(verify.exit_status, 0) << verify.out;
  EXPECT_NE(verify.out.find("The file is ok"), std::string::npos) << verify.out;
  const ProgramResult check = tool("ldb", "checkconsistency --db=" + db());
  EXPECT_EQ(check.exit_status, 0) << check.out;
  const ProgramResult scan =
      tool("ldb", "scan --hex --db=" + db() + " | grep -c '==>'");
  EXPECT_GT(std::stoi("0" + scan.out), 10000) << scan.out;
}

TEST_F(RocksdbTools, SstDumpRecompressesWithTheManager) {
  ASSERT_EQ(bench("--compression_type=none").exit_status, 0);
  const ProgramResult run =
      tool("sst_dump",
           "--command=recompress --compression_types=kZSTD "
           "--compression_manager='{id=GpuZstd;level=5}' --file=" +
               first_sst());
  EXPECT_EQ(run.exit_status, 0) << run.out;
  EXPECT_NE(run.out.find("Compression: kZSTD"), std::string::npos) << run.out;
  EXPECT_NE(tool("sst_dump",
                 "--command=recompress --compression_types=kZSTD "
                 "--compression_manager=NoSuch --file=" +
                     first_sst())
                .exit_status,
            0);
}

TEST_F(RocksdbTools, LdbWritesThroughTheManagerOfTheOptionsFile) {
  ASSERT_EQ(bench("--compression_manager_uri=GpuZstd").exit_status, 0);
  const ProgramResult compact =
      tool("ldb", "compact --try_load_options --db=" + db());
  EXPECT_EQ(compact.exit_status, 0) << compact.out;
  expect_plugin_wrote_the_files();
}

TEST_F(RocksdbTools, DbStressFindsNothingWrong) {
  const std::string expected = dir_ / "expected";
  std::filesystem::create_directory(expected);
  const ProgramResult run = tool(
      "db_stress",
      "--compression_manager_uri='id=GpuZstd;level=3' --ops_per_thread=3000 "
      "--threads=2 --max_key=10000 --read_fault_one_in=0 "
      "--metadata_read_fault_one_in=0 --clear_column_family_one_in=0 "
      "--compression_parallel_threads=4 --db=" +
          db() + " --expected_values_dir=" + expected);
  EXPECT_EQ(run.exit_status, 0) << run.out;
  EXPECT_NE(run.out.find("Verification successful"), std::string::npos)
      << run.out;
  expect_plugin_wrote_the_files();
}

}  // namespace
}  // namespace gpu_zstd
