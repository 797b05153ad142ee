// sst_recompress as a person runs it.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/program.h"

namespace gpu_zstd::test {
namespace {

class SstRecompressTest : public testing::Test {
 protected:
  void SetUp() override {
    options_ = table_options(small_blocks(6), rocksdb::kLZ4Compression);
    sources_ = make_sst_files(dir_ / "db", options_, [](rocksdb::DB& db) {
      write_varied(db);
      ASSERT_TRUE(db.Put({}, "second file", "value").ok());
    });
    ASSERT_EQ(sources_.size(), 2U);
  }

  ProgramResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), GPU_ZSTD_SST_RECOMPRESS);
    return Program(arguments, dir_.path().string()).wait();
  }

  std::string name_of(size_t i) const {
    return std::filesystem::path(sources_[i]).filename().string();
  }

  TempDir dir_;
  rocksdb::Options options_;
  std::vector<std::string> sources_;
};

TEST_F(SstRecompressTest, RewritesOneFile) {
  const auto result = run({"--compression_level=9", "-v",
                           "--output=" + (dir_ / "new.sst"), sources_[0]});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find(sources_[0] + "  level 9  "), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("cpu level 9: 1 file  "), std::string::npos);
  EXPECT_EQ(result.err, "");  // no progress line but on a terminal
  expect_same_contents(options_, sources_[0], dir_ / "new.sst");
}

TEST_F(SstRecompressTest, RewritesADirectoryIntoAnother) {
  std::filesystem::create_directory(dir_ / "out");
  const auto result = run({"--quiet", "--verify=checksum", "--threads=2",
                           "--output=" + (dir_ / "out"), dir_ / "db"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(result.out + result.err, "");
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read_entries(options_, dir_ / ("out/" + name_of(i))),
              read_entries(options_, sources_[i]));
  }
}

TEST_F(SstRecompressTest, MeasuresAndWritesNothing) {
  const auto count = [this] {
    size_t files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(dir_ / "db")) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    return files;
  };
  const size_t before = count();
  const auto result =
      run({"--measure", "--compression_level_from=1",
           "--compression_level_to=3", "--json=-", dir_ / "db"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  for (const char* text :
       {"\"mode\": \"measure\"", "\"compression_level\": 1",
        "\"compression_level\": 3",
        "\"uncompressed_data_bytes\": ", "\"outcome\": \"done\""}) {
    EXPECT_NE(result.out.find(text), std::string::npos) << result.out;
  }
  EXPECT_EQ(count(), before);
}

TEST_F(SstRecompressTest, MeasuresWhatARewriteGives) {
  ASSERT_EQ(run({"--compression_level=5", "--json=" + (dir_ / "rewrite.json"),
                 "--output=" + (dir_ / "new.sst"), sources_[0]})
                .exit_status,
            0);
  ASSERT_EQ(run({"--compression_level=5", "--json=" + (dir_ / "measure.json"),
                 "--measure", sources_[0]})
                .exit_status,
            0);
  const auto member = [](const std::string& json, const std::string& name) {
    const size_t at = json.find("\"" + name + "\": ");
    EXPECT_NE(at, std::string::npos) << json;
    return std::stoull(json.substr(at + name.size() + 4));
  };
  const std::string rewrite = read_file(dir_ / "rewrite.json");
  const std::string measure = read_file(dir_ / "measure.json");
  for (const char* name : {"uncompressed_data_bytes", "data_blocks",
                           "blocks_rejected", "source_bytes"}) {
    EXPECT_EQ(member(rewrite, name), member(measure, name)) << name;
  }
  const auto real = static_cast<double>(member(rewrite, "output_bytes"));
  EXPECT_NEAR(static_cast<double>(member(measure, "output_bytes")), real,
              real / 50);  // the tail is not measured
}

TEST_F(SstRecompressTest, GoesOnAfterADamagedFile) {
  std::string bytes = read_file(sources_[0]);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  write_file(sources_[0], bytes);
  std::filesystem::create_directory(dir_ / "out");
  const auto result = run({"--output=" + (dir_ / "out"), dir_ / "db"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.err.find("sst_recompress: Corruption: " + sources_[0] +
                            ": at offset 0: checksum of data block"),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.out.find("1 failed"), std::string::npos) << result.out;
  EXPECT_FALSE(std::filesystem::exists(dir_ / ("out/" + name_of(0))));
  EXPECT_TRUE(std::filesystem::exists(dir_ / ("out/" + name_of(1))));
}

TEST_F(SstRecompressTest, SaysThatATableIsRefused) {
  rocksdb::Options plain;
  plain.create_if_missing = true;
  plain.allow_mmap_reads = true;
  plain.prefix_extractor = options_.prefix_extractor;
  plain.table_factory.reset(rocksdb::NewPlainTableFactory());
  const auto files = make_sst_files(dir_ / "plain", plain, [](auto& db) {
    ASSERT_TRUE(db.Put({}, "key10001", "value").ok());
  });
  const auto result = run({"--output=" + (dir_ / "new.sst"), files.front()});
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_NE(result.err.find("is a plain table"), std::string::npos);
  EXPECT_NE(result.out.find("1 refused"), std::string::npos);
}

TEST_F(SstRecompressTest, NamesTheFlagThatIsWrong) {
  const std::string output = "--output=" + (dir_ / "new.sst");
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{output, "--compression_level=99", sources_[0]},
       "--compression_level=99: expected a zstd level"},
      {{output, "--compression_level=0", sources_[0]}, "not 0"},
      {{output, "--verify=some", sources_[0]}, "--verify=some: expected full"},
      {{output, "--engine=tpu", sources_[0]}, "--engine=tpu: expected auto"},
      {{output, "--engine=cpu,gpu", sources_[0]}, "expected auto, gpu or cpu"},
      {{output, "--shard=4/3", sources_[0]}, "--shard=4/3: expected i/N"},
      {{output, "--shard=0/3", sources_[0]}, "i from 1 to N"},
      {{output, "--shard=1/3x", sources_[0]}, "such as 3/8"},
      {{output, "--shard=1/-8", sources_[0]}, "such as 3/8"},
      {{output, "--shard=1", sources_[0]}, "such as 3/8"},
      {{"--db="}, "--db=: expected something"},
      {{"--dblist="}, "--dblist=: expected something"},
      {{output, "--filelist=", sources_[0]}, "--filelist=: expected something"},
      {{output, "--plot=x.svg", sources_[0]}, "--plot is for --measure"},
      {{output, "--dry_run", sources_[0]}, "--dry_run is for --db"},
      {{"--db=" + (dir_ / "db"), sources_[0]}, "files do not go with --db"},
      {{"--db=" + (dir_ / "db"), output}, "--output does not go with --db"},
      {{"--filelist=" + (dir_ / "none")}, "none: cannot be read"},
      {{output}, "no SST file given"},
      {{sources_[0]}, "--output is missing"},
      {{"--measure", output, sources_[0]}, "which writes nothing"},
      {{output, dir_ / "db"}, "expected a directory that exists, for 2 files"},
      {{output, dir_ / "nothing.sst"}, "nothing.sst: does not exist"},
      {{output, "--compression_level_to=5", sources_[0]}, "for --measure"},
      {{output, "--nosuchflag", sources_[0]}, "'nosuchflag'"},
      {{output, "--threads=abc", sources_[0]}, "illegal value 'abc'"},
  };
  for (const auto& [arguments, says] : cases) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_status, 2) << says;
    EXPECT_NE(result.err.find(says), std::string::npos) << result.err;
    EXPECT_FALSE(std::filesystem::exists(dir_ / "new.sst"));
  }
}

TEST_F(SstRecompressTest, KeepsAnExistingFileUnlessTold) {
  write_file(dir_ / "new.sst", "precious");
  const std::string output = "--output=" + (dir_ / "new.sst");
  const auto refused = run({output, sources_[0]});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_NE(refused.err.find("new.sst: exists already"), std::string::npos);
  EXPECT_EQ(read_file(dir_ / "new.sst"), "precious");
  EXPECT_EQ(run({output, "--overwrite", sources_[0]}).exit_status, 0);
  expect_same_contents(options_, sources_[0], dir_ / "new.sst");
}

TEST_F(SstRecompressTest, TheCpuStepsInForAMissingGpu) {
  ASSERT_EQ(run({"--engine=cpu", "--output=" + (dir_ / "cpu.sst"), sources_[0]})
                .exit_status,
            0);
  // No device is visible, whatever the machine has.
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  const auto result =
      run({"--engine=gpu", "--output=" + (dir_ / "gpu.sst"), sources_[0]});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.err.find("the CPU compresses"), std::string::npos);
  EXPECT_EQ(run({"--output=" + (dir_ / "auto.sst"), sources_[0]}).err, "");
  unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_TRUE(read_file(dir_ / "gpu.sst") == read_file(dir_ / "cpu.sst"));
  EXPECT_TRUE(read_file(dir_ / "auto.sst") == read_file(dir_ / "cpu.sst"));
}

TEST_F(SstRecompressTest, DrawsWhatItMeasures) {
  const auto result = run({"--measure", "--compression_level_to=5",
                           "--plot=" + (dir_ / "levels.svg"), dir_ / "db"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const std::string picture = read_file(dir_ / "levels.svg");
  EXPECT_NE(picture.find("<svg"), std::string::npos);
  EXPECT_NE(picture.find("MB/s of uncompressed data"), std::string::npos);
}

// The report says what failed: without it nobody knows.
TEST_F(SstRecompressTest, FailsWhereTheReportCannotBeWritten) {
  const std::vector<std::string> reports[] = {
      {"--json=-"}, {}, {"--json=" + (dir_ / "report.json")}};
  for (const auto& report : reports) {
    std::vector<std::string> arguments = {GPU_ZSTD_SST_RECOMPRESS, "--measure",
                                          sources_[0]};
    arguments.insert(arguments.end(), report.begin(), report.end());
    const auto result = Program(arguments, dir_.path().string(), [] {
                          dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
                        }).wait();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.err.find("standard output: cannot be written"),
              std::string::npos)
        << result.err;
  }
  EXPECT_NE(read_file(dir_ / "report.json").find("\"outcome\": \"done\""),
            std::string::npos);
  const auto result =
      run({"--measure", "--json=" + (dir_ / "none/report.json"), sources_[0]});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.err.find("cannot write " + (dir_ / "none/report.json")),
            std::string::npos);
  EXPECT_EQ(result.out, "");  // known before the work
}

// As under nohup. The report goes to a pipe, so that the signal comes after the
// handlers are there and before the end.
TEST_F(SstRecompressTest, WhatWasIgnoredStaysIgnored) {
  const std::string pipe = dir_ / "report.json";
  const std::string output = dir_ / "new.sst";
  for (const bool ignored : {true, false}) {
    std::filesystem::remove(output);
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    Program program({GPU_ZSTD_SST_RECOMPRESS, "--json=" + pipe,
                     "--output=" + output, sources_[0]},
                    dir_.path().string(),
                    [=] { signal(SIGHUP, ignored ? SIG_IGN : SIG_DFL); });
    while (!std::filesystem::exists(output)) {
      usleep(1000);
    }
    program.send(SIGHUP);
    EXPECT_NE(read_file(pipe), "");
    EXPECT_EQ(program.wait().exit_status, ignored ? 0 : 128 + SIGHUP);
    std::filesystem::remove(pipe);
  }
}

TEST_F(SstRecompressTest, ExplainsItself) {
  const auto result = run({"--help"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_NE(result.out.find("sst_recompress --compression_level=9 --output="),
            std::string::npos);
  EXPECT_NE(result.out.find("-memory_mb"), std::string::npos);
  EXPECT_EQ(result.out.find("-flagfile"), std::string::npos);
}

}  // namespace
}  // namespace gpu_zstd::test
