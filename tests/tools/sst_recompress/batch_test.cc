// Lists of files and databases, shared by several processes, stopped and begun
// again.

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/program.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

class BatchTest : public testing::Test {
 protected:
  static constexpr int kFiles = 12;

  // A list of files of the same names in two directories, with outputs.
  void SetUp() override {
    fs::create_directory(out_);
    std::string list;
    for (const char* name : {"a", "b"}) {
      auto options = table_options(small_blocks(6), rocksdb::kLZ4Compression);
      options.level0_file_num_compaction_trigger = 100;
      const auto files =
          make_sst_files(dir_ / name, options, [&](rocksdb::DB& db) {
            for (int i = 0; i < kFiles / 2; ++i) {
              ASSERT_TRUE(db.Put({}, name + std::to_string(i),
                                 text_like(20'000, static_cast<uint64_t>(i)))
                              .ok());
              ASSERT_TRUE(db.Flush({}).ok());
            }
          });
      for (const std::string& file : files) {
        list += file + "\t" + out_ + "/" + name +
                fs::path(file).filename().string() + "\n";
      }
    }
    write_file(list_, list);
  }

  ProgramResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {GPU_ZSTD_SST_RECOMPRESS, "--filelist=" + list_});
    return Program(arguments, dir_.path().string()).wait();
  }

  // What is in the output directory, which is empty afterwards.
  std::map<std::string, std::string> take_outputs() {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::directory_iterator(out_)) {
      contents[entry.path().filename().string()] =
          read_file(entry.path().string());
    }
    fs::remove_all(out_);
    fs::create_directory(out_);
    return contents;
  }

  TempDir dir_;
  const std::string list_ = dir_ / "list";
  const std::string out_ = dir_ / "out";
};

TEST_F(BatchTest, ShardsWriteWhatOneProcessWould) {
  ASSERT_EQ(run({"--compression_level=4"}).exit_status, 0);
  const auto whole = take_outputs();
  ASSERT_EQ(whole.size(), kFiles);
  size_t most = 0;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    const size_t before = std::distance(fs::directory_iterator(out_), {});
    const auto result =
        run({"--compression_level=4", "--shard=" + std::string(shard),
             "--files_at_once=3", "--threads=2"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    const size_t after = std::distance(fs::directory_iterator(out_), {});
    most = std::max(most, after - before);
  }
  EXPECT_TRUE(take_outputs() == whole);
  EXPECT_LT(most, kFiles);  // none did all of it
}

TEST_F(BatchTest, WritesNoFileTwiceAndNoSource) {
  const std::string line = read_file(list_);
  const std::string first = line.substr(0, line.find('\t'));
  const std::string rest = line.substr(line.find('\n') + 1);
  const std::string second = rest.substr(0, rest.find('\t'));
  const struct {
    std::string output_of_first;
    std::string output_of_second;
    const char* says;
  } cases[] = {
      {out_ + "/x.sst", out_ + "//x.sst", "would both write"},
      {out_ + "/x.sst", out_ + "/../out/x.sst", "would both write"},
      {out_ + "/x.sst", out_ + "/x.sst.tmp", "would both write"},
      {out_ + "/x.sst", first, "would be written, and is a source"},
  };
  for (const auto& [one, other, says] : cases) {
    write_file(list_, first + "\t" + one + "\n" + second + "\t" + other + "\n");
    const auto result = run({"--overwrite"});
    EXPECT_EQ(result.exit_status, 2) << other;
    EXPECT_NE(result.err.find(says), std::string::npos) << result.err;
    EXPECT_TRUE(fs::is_empty(out_)) << other;
  }
}

TEST_F(BatchTest, TheJournalSkipsWhatIsDone) {
  const std::string journal = "--journal=" + (dir_ / "journal");
  ASSERT_EQ(run({journal}).exit_status, 0);
  const auto again = run({journal, "-v"});
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_NE(again.out.find(std::to_string(kFiles) + " done before"),
            std::string::npos)
      << again.out;
  // Another level is another task, but these outputs are ours to replace.
  const auto other = run({journal, "--compression_level=9"});
  EXPECT_EQ(other.exit_status, 0) << other.err;
  EXPECT_NE(other.out.find("level 9: 12 files"), std::string::npos)
      << other.out;
  // So is an output that is gone, and a source that changed.
  const auto first = fs::directory_iterator(out_)->path();
  fs::remove(first);
  const std::string line = read_file(list_);
  const std::string source = line.substr(0, line.find('\t'));
  fs::last_write_time(source,
                      fs::last_write_time(source) + std::chrono::seconds(1));
  const auto mended = run({journal, "--compression_level=9"});
  EXPECT_EQ(mended.exit_status, 0) << mended.err;
  EXPECT_TRUE(fs::exists(first));
  EXPECT_EQ(mended.out.find("12 done before"), std::string::npos);
  EXPECT_NE(mended.out.find("done before"), std::string::npos) << mended.out;
}

TEST_F(BatchTest, TheJournalGuardsFilesOfOthers) {
  const std::string line = read_file(list_);
  const size_t tab = line.find('\t');
  const std::string output = line.substr(tab + 1, line.find('\n') - tab - 1);
  write_file(output, "precious");
  const auto result = run({"--journal=" + (dir_ / "journal")});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.err.find(output + ": exists already"), std::string::npos);
  EXPECT_EQ(run({"--journal=" + (dir_ / "journal")}).exit_status, 1);
  EXPECT_EQ(read_file(output), "precious");
}

// At the end all is as if nothing had happened.
TEST_F(BatchTest, GoesOnAfterBeingKilled) {
  ASSERT_EQ(run({"--compression_level=17"}).exit_status, 0);
  const auto whole = take_outputs();
  const std::string journal = dir_ / "journal";
  for (int round = 0; round < 8; ++round) {
    Program program({GPU_ZSTD_SST_RECOMPRESS, "--filelist=" + list_,
                     "--compression_level=17", "--journal=" + journal},
                    dir_.path().string());
    usleep(static_cast<useconds_t>(1 + round) * 4000);
    program.send(SIGKILL);
    program.wait();
    if (round % 2 == 0) {  // power went while a line was written
      std::ofstream(journal, std::ios::app) << "{\"event\":\"don";
    }
  }
  const auto result = run({"--compression_level=17", "--journal=" + journal});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(take_outputs() == whole);
}

TEST_F(BatchTest, DoesDatabasesOfAList) {
  write_file(dir_ / "databases", (dir_ / "a") + "\n" + (dir_ / "none") + "\n" +
                                     (dir_ / "b") + "\n");
  const auto result =
      Program({GPU_ZSTD_SST_RECOMPRESS, "--dblist=" + (dir_ / "databases")},
              dir_.path().string())
          .wait();
  EXPECT_EQ(result.exit_status, 1);  // for the one that is not there
  EXPECT_NE(result.err.find("none: is no database"), std::string::npos)
      << result.err;
  EXPECT_NE(result.out.find("level 3: 12 files"), std::string::npos)
      << result.out;
}

}  // namespace
}  // namespace gpu_zstd::test
