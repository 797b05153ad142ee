// Which files a rewrite may write to, delete and replace.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/program.h"

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

class OutputNameTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
    source_ = make_sst_files(dir_ / "db", options, write_varied).front();
    bytes_ = read_file(source_);
    ASSERT_FALSE(bytes_.empty());
  }

  static rocksdb::Status rewrite(const std::string& source,
                                 const std::string& output) {
    CpuBlockEngine engine(Scheduler::shared(), 3);
    RewriteOptions options;
    options.threads = 1;
    options.overwrite = true;
    RewriteResult result;
    return rewrite_sst(*rocksdb::FileSystem::Default(), source, output, engine,
                       options, &result);
  }

  TempDir dir_;
  std::string source_;
  std::string bytes_;
};

TEST_F(OutputNameTest, DoesNotReplaceAFileUnasked) {
  write_file(dir_ / "new.sst", "precious");
  RewriteResult result;
  EXPECT_TRUE(
      rewrite_file(source_, dir_ / "new.sst", 3, &result).IsInvalidArgument());
  EXPECT_EQ(read_file(dir_ / "new.sst"), "precious");
}

TEST_F(OutputNameTest, OnlyReadsTheSourceHoweverItIsSpelt) {
  fs::create_symlink(source_, dir_ / "link.sst");
  fs::create_hard_link(source_, dir_ / "other.sst");
  const std::string name = fs::path(source_).filename().string();
  for (const std::string& output :
       {source_, dir_ / ("db/./" + name), dir_ / ("db//" + name),
        dir_ / "link.sst", dir_ / "other.sst"}) {
    const rocksdb::Status status = rewrite(source_, output);
    EXPECT_TRUE(status.IsInvalidArgument()) << output << status.ToString();
    EXPECT_TRUE(read_file(source_) == bytes_) << output;
    EXPECT_TRUE(read_file(output) == bytes_) << output;
  }
}

TEST_F(OutputNameTest, DoesNotGrowInTheSource) {
  const std::string source = dir_ / "new.sst.tmp";
  fs::copy(source_, source);
  EXPECT_TRUE(rewrite(source, dir_ / "new.sst").IsInvalidArgument());
  EXPECT_TRUE(read_file(source) == bytes_);
  fs::create_symlink(source_, dir_ / "newer.sst.tmp");
  EXPECT_TRUE(rewrite(source_, dir_ / "newer.sst").IsInvalidArgument());
  EXPECT_TRUE(read_file(source_) == bytes_);
}

TEST_F(OutputNameTest, LeavesAFileItDidNotBegin) {
  write_file(dir_ / "new.sst.tmp", "precious");
  write_file(dir_ / "bad.sst", "no table");
  EXPECT_FALSE(rewrite(dir_ / "bad.sst", dir_ / "new.sst").ok());
  EXPECT_EQ(read_file(dir_ / "new.sst.tmp"), "precious");
  EXPECT_FALSE(rewrite(dir_ / "none.sst", dir_ / "new.sst").ok());
  EXPECT_EQ(read_file(dir_ / "new.sst.tmp"), "precious");
}

TEST_F(OutputNameTest, TakesThePlaceOfWhatAKilledRunLeft) {
  write_file(dir_ / "new.sst.tmp", "half a table");
  const rocksdb::Status status = rewrite(source_, dir_ / "new.sst");
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_FALSE(fs::exists(dir_ / "new.sst.tmp"));
}

}  // namespace
}  // namespace gpu_zstd::test
