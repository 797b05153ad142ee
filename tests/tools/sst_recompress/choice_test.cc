// Which files of a database the flags choose.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "tests/tools/sst_recompress/full_database.h"

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

TEST_F(DatabaseTest, TakesOnlyWhatIsAskedFor) {
  const auto before = sst_names(db_);
  auto result = run({"--column_family=times", "--level=0", "-v"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("  times L0  "), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("  default L"), std::string::npos) << result.out;
  std::vector<std::string> kept;
  const auto after = sst_names(db_);
  std::set_intersection(before.begin(), before.end(), after.begin(),
                        after.end(), std::back_inserter(kept));
  EXPECT_EQ(kept.size(), before.size() - 2);
  EXPECT_EQ(contents_of(db_), contents_);
}

class FilterTest : public DatabaseTest {
 protected:
  void expect_nothing_done(const std::string& filter) {
    const auto before = sst_names(db_);
    const auto result = run({filter});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.out + result.err, "");
    EXPECT_EQ(sst_names(db_), before);
  }
};

TEST_F(FilterTest, TakesOnlyLargeFiles) {
  const auto before = sst_names(db_);
  uintmax_t largest = 0;
  for (const std::string& name : before) {
    largest = std::max(largest, fs::file_size(db_ + "/" + name));
  }
  expect_nothing_done("--min_file_size=" + std::to_string(largest + 1));
  const auto result = run({"--min_file_size=" + std::to_string(largest)});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("level 3: 1 file  "), std::string::npos)
      << result.out;
  EXPECT_EQ(contents_of(db_), contents_);
}

TEST_F(FilterTest, TakesOnlyOldFiles) {
  expect_nothing_done("--min_age_seconds=86400");
  const auto made = std::time(nullptr);
  while (std::time(nullptr) <= made) {
    usleep(10'000);
  }
  const auto result = run({"--min_age_seconds=1"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find(
                "level 3: " + std::to_string(sst_names(db_).size()) + " files"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(contents_of(db_), contents_);
}

TEST_F(DatabaseTest, RefusesAColumnFamilyThatIsNotThere) {
  const auto before = state_of(db_);
  const std::string says =
      db_ + ": Invalid argument: has no column family 'tims'";
  for (const char* how : {"--commit=level", "--dry_run", "--measure"}) {
    const auto result = run({"--column_family=times,tims", how});
    EXPECT_EQ(result.exit_status, how == std::string("--measure") ? 2 : 1);
    EXPECT_NE(result.err.find(says), std::string::npos) << result.err;
  }
  EXPECT_TRUE(state_of(db_) == before);
}

}  // namespace
}  // namespace gpu_zstd::test
