// A file system in which every call fails in its turn.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/rocksdb_glue/sst/fragile_file_system.h"
#include "tests/rocksdb_glue/sst/sst_files.h"

namespace gpu_zstd::test {
namespace {

rocksdb::Status rewrite_with(Fate& fate, const std::string& source,
                             const std::string& output) {
  const auto fs = make_fragile_file_system(fate);
  CpuBlockEngine engine(Scheduler::shared(), 1);
  RewriteOptions options;
  options.threads = 1;
  options.memory_bytes = 1 << 18;
  RewriteResult result;
  return rewrite_sst(*fs, source, output, engine, options, &result);
}

TEST(FaultTest, LeavesTheWholeFileOrNone) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const std::string source =
      make_sst_files(dir / "db", options, write_varied).front();
  const Entries entries = read_entries(options, source);
  const std::string output = dir / "new.sst";
  Fate counting;
  ASSERT_TRUE(rewrite_with(counting, source, output).ok());
  ASSERT_GT(counting.calls, 10);
  for (int call = 0; call < counting.calls; ++call) {
    std::filesystem::remove(output);
    Fate fate;
    fate.fails_at = call;
    const rocksdb::Status status = rewrite_with(fate, source, output);
    EXPECT_TRUE(status.IsIOError()) << call << ": " << status.ToString();
    EXPECT_FALSE(std::filesystem::exists(output + ".tmp")) << call;
    // After the rename the file is whole; only its durability is in doubt.
    EXPECT_EQ(std::filesystem::exists(output), fate.renamed) << call;
    if (fate.renamed) {
      EXPECT_TRUE(read_entries(options, output) == entries);
    }
    EXPECT_TRUE(read_entries(options, source) == entries) << call;
  }
}

TEST(FaultTest, SyncsBeforeItRenames) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const std::string source =
      make_sst_files(dir / "db", options, write_varied).front();
  // Of all calls the last five are: fsync, close, rename, and the directory's
  // open and fsync. Failing each names it.
  Fate counting;
  ASSERT_TRUE(rewrite_with(counting, source, dir / "new.sst").ok());
  const char* expected[] = {"fsync", "close", "rename", "open directory",
                            "directory fsync"};
  for (int i = 0; i < 5; ++i) {
    std::filesystem::remove(dir / "new.sst");
    Fate fate;
    fate.fails_at = counting.calls - 5 + i;
    const rocksdb::Status status = rewrite_with(fate, source, dir / "new.sst");
    EXPECT_NE(status.ToString().find(std::string("injected: ") + expected[i]),
              std::string::npos)
        << status.ToString();
  }
}

}  // namespace
}  // namespace gpu_zstd::test
