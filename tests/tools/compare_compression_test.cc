// The program compare_compression as its user meets it: what it leaves, what
// it says, how it ends.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

namespace fs = std::filesystem;
using test::Program;
using test::ProgramResult;
using Arguments = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class CompareCompressionTest : public testing::Test {
 protected:
  CompareCompressionTest() {
    for (const char* name : {"/tmp", "/log", "/out"}) {
      fs::create_directory(dir_.path().string() + name);
    }
    test::write_file(dir_ / "input", test::text_like(300'000, 3));
  }

  Arguments command(const Arguments& more) const {
    Arguments all{
        "env",        "TMPDIR=" + dir_ / "tmp", GPU_ZSTD_COMPARE_COMPRESSION,
        "--levels=1", "--block_sizes=4096",     "--repeats=1",
        "--plot=none"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  ProgramResult run(const Arguments& more,
                    const std::function<void()>& prepare = {}) const {
    return Program(command(more), dir_ / "log", prepare).wait();
  }

  // Nothing in the temporary directory nor where results go.
  bool clean() const {
    return fs::is_empty(dir_ / "tmp") && fs::is_empty(dir_ / "out");
  }

  void expect_failure(const Arguments& more, int exit_status,
                      const std::string& message) const {
    const ProgramResult result = run(more);
    EXPECT_EQ(result.exit_status, exit_status) << result.err;
    EXPECT_TRUE(has(result.err, message)) << result.err;
    EXPECT_TRUE(clean());
  }

  test::TempDir dir_;
};

TEST_F(CompareCompressionTest, ComparesAndLeavesOnlyItsResults) {
  const ProgramResult result =
      run({"--levels=1,3", "--parallel_threads=1,2", "--subcompactions=2",
           "--repeats=2", "--json=" + dir_ / "out/r.json",
           "--plot=" + dir_ / "out/r.svg", dir_ / "input"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(has(result.out, "GpuZstd/builtin"));
  EXPECT_TRUE(has(result.out, "All 17 databases were read back"));
  EXPECT_TRUE(fs::is_empty(dir_ / "tmp"));
  EXPECT_TRUE(has(test::read_file(dir_ / "out/r.svg"), "</svg>"));
  fs::remove(dir_ / "out/r.svg");
  const char* const check =
      "import json, sys\n"
      "r = json.load(open(sys.argv[1]))\n"
      "assert len(r['runs']) == 17, len(r['runs'])\n"
      "for run in r['runs']:\n"
      "  assert run['verified_keys'] == 750\n"
      "  blocks = run['blocks']['cpu'] + run['blocks']['gpu']\n"
      "  assert (blocks > 100) == (run['codec'] == 'GpuZstd'), run\n"
      "ratios = {(c['level'], s['codec']): s['ratio']['median']\n"
      "          for c in r['cells'] for s in c['sides']}\n"
      "for level in (1, 3):\n"
      "  quotient = ratios[level, 'GpuZstd'] / ratios[level, 'builtin']\n"
      "  assert 0.995 < quotient < 1.005, ratios\n"
      "assert ratios[None, 'none'] < 1.1\n";
  const ProgramResult checked =
      Program({"python3", "-c", check, dir_ / "out/r.json"}, dir_ / "log")
          .wait();
  EXPECT_EQ(checked.exit_status, 0) << checked.err;
  fs::remove(dir_ / "out/r.json");
  EXPECT_TRUE(clean());
}

TEST_F(CompareCompressionTest, LinesAndAGivenDirectory) {
  test::write_file(dir_ / "lines", "alpha\nbeta\n\ngamma");
  fs::create_directory(dir_ / "db");
  const ProgramResult result = run(
      {"--records=lines", "--db=" + dir_ / "db", "--quiet", dir_ / "lines"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(has(result.out, "3 keys each")) << result.out;
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(fs::is_empty(dir_ / "db"));  // was there, so it stays
  const ProgramResult fresh =
      run({"--db=" + dir_ / "new", "--quiet", dir_ / "lines"});
  EXPECT_EQ(fresh.exit_status, 0) << fresh.err;
  EXPECT_FALSE(fs::exists(dir_ / "new"));
}

TEST_F(CompareCompressionTest, ResultsGoIntoOneDirectory) {
  const ProgramResult result =
      run({"--out=" + dir_ / "out/new", "--plot=", dir_ / "input"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(fs::exists(dir_ / "out/new/compare_compression.json"));
  EXPECT_TRUE(fs::exists(dir_ / "out/new/compare_compression.svg"));
  EXPECT_EQ(fs::remove_all(dir_ / "out/new"), 3U);
}

TEST_F(CompareCompressionTest, HelpShowsExamplesAndFlags) {
  const ProgramResult result = run({"--help"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_TRUE(has(result.out, "--db=/dev/shm/compare"));
  EXPECT_TRUE(has(result.out, "-block_sizes"));
  EXPECT_FALSE(has(result.out, "-fromenv"));
  EXPECT_EQ(run({"--helpfull"}).exit_status, 0);
}

TEST_F(CompareCompressionTest, BadInput) {
  const std::string missing = dir_ / "missing";
  expect_failure({missing}, 1, missing + ": No such file or directory");
  test::write_file(dir_ / "empty", "");
  expect_failure({dir_ / "empty"}, 1, "the file is empty");
  expect_failure({"/dev/null"}, 1, "expected a file or a directory");
}

TEST_F(CompareCompressionTest, BadFlags) {
  const std::string input = dir_ / "input";
  expect_failure({"--levels=99", input}, 2, "--levels=99: 99 is out of range");
  expect_failure({"--levels=0", input}, 2, "0 is not a level");
  expect_failure({"--block_sizes=4k", input}, 2, "'4k' is not a whole number");
  expect_failure({"--value_size=0", input}, 2, "--value_size=0");
  expect_failure({"--gpu_zstd_options=speed=9", input}, 2, "speed");
  expect_failure({"--rocksdb_source=" + dir_ / "no"}, 2,
                 "expected a directory");
  expect_failure({"--plot=x.jpg", input}, 2, ".svg or .png");
  expect_failure({"--no_such_flag", input}, 2, "no_such_flag");
  expect_failure({"--repeats=abc", input}, 2, "illegal value 'abc'");
}

TEST_F(CompareCompressionTest, BadPlacesForResults) {
  const std::string input = dir_ / "input";
  expect_failure({"--json=" + dir_ / "nowhere/r.json", input}, 1,
                 "nowhere/r.json: cannot be written: No such file");
  expect_failure({"--json=" + dir_ / "tmp", input}, 1,
                 "exists and is not an ordinary file");
}

TEST_F(CompareCompressionTest, OutputThatCannotBeWrittenIsAFailure) {
  Arguments arguments{"sh", "-c", "exec \"$@\" >/dev/full", "sh"};
  const Arguments inner = command({dir_ / "input"});
  arguments.insert(arguments.end(), inner.begin(), inner.end());
  const ProgramResult result = Program(arguments, dir_ / "log").wait();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "cannot write to standard output: No space"))
      << result.err;
  EXPECT_TRUE(clean());
}

TEST_F(CompareCompressionTest, MissingGnuplotIsSaidBeforeTheRun) {
  const std::string path = "PATH=" + dir_ / "tmp";
  const Arguments arguments{"env",
                            path,
                            "TMPDIR=" + dir_ / "tmp",
                            GPU_ZSTD_COMPARE_COMPRESSION,
                            "--plot=" + dir_ / "out/r.svg",
                            dir_ / "input"};
  const ProgramResult result = Program(arguments, dir_ / "log").wait();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "pass --plot=none")) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(clean());
}

TEST_F(CompareCompressionTest, RefusesADirectoryThatIsNotItsOwn) {
  fs::create_directory(dir_ / "db");
  test::write_file(dir_ / "db/precious", "data");
  expect_failure({"--db=" + dir_ / "db", dir_ / "input"}, 1,
                 "is not empty (it has 'precious')");
  EXPECT_EQ(test::read_file(dir_ / "db/precious"), "data");
  expect_failure({"--db=" + dir_ / "input", dir_ / "input"}, 1,
                 "is not a directory");
  expect_failure({"--db=" + dir_ / "no/parent", dir_ / "input"}, 1,
                 "No such file or directory");
}

TEST_F(CompareCompressionTest, SaysWhoUsesADatabase) {
  fs::create_directory(dir_ / "db");
  const int fd = open((dir_ / "db/LOCK").c_str(), O_RDWR | O_CREAT, 0644);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  ASSERT_EQ(fcntl(fd, F_SETLK, &lock), 0);
  expect_failure({"--db=" + dir_ / "db", dir_ / "input"}, 1,
                 "in use by process " + std::to_string(getpid()));
  close(fd);
}

TEST_F(CompareCompressionTest, TwoAtOnceDoNotShareADirectory) {
  const std::string db = "--db=" + dir_ / "db";
  fs::create_directory(dir_ / "first");
  Program first(
      command({"--levels=19", "--repeats=1000", "--v", db, dir_ / "input"}),
      dir_ / "first");
  ASSERT_TRUE(first.wait_for_err("GpuZstd, repeat 1: "));
  expect_failure({db, dir_ / "input"}, 1, "expected an empty directory");
  EXPECT_TRUE(fs::exists(dir_ / "db/compare_compression"));
  first.send(SIGTERM);
  EXPECT_EQ(first.wait().exit_status, 128 + SIGTERM);
  EXPECT_FALSE(fs::exists(dir_ / "db"));
}

// A file may grow to what the snapshot needs, but uncompressed SST files are
// larger: RocksDB fails in the middle, as on a full disk.
TEST_F(CompareCompressionTest, AFailingWriteIsReportedWithItsPath) {
  const ProgramResult result =
      run({"--json=" + dir_ / "out/r.json", dir_ / "input"}, [] {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{300'000, 300'000};
        setrlimit(RLIMIT_FSIZE, &limit);
      });
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "IO error")) << result.err;
  EXPECT_TRUE(has(result.err, ".sst")) << result.err;
  EXPECT_TRUE(clean());
}

TEST_F(CompareCompressionTest, ASmallDiskIsNoticedBeforeTheRun) {
  const std::string mount =
      "mount -t tmpfs -o size=1m none '" + dir_ / "out" + "'";
  const Arguments probe{"unshare", "-rm", "sh", "-c", mount};
  if (Program(probe, dir_ / "log").wait().exit_status != 0) {
    GTEST_SKIP() << "mounts are not allowed here";
  }
  Arguments arguments{"unshare", "-rm", "sh", "-c", mount + " && exec \"$@\"",
                      "sh"};
  const Arguments inner = command({"--db=" + dir_ / "out/db", dir_ / "input"});
  arguments.insert(arguments.end(), inner.begin(), inner.end());
  const ProgramResult result = Program(arguments, dir_ / "log").wait();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.err, "free, the comparison needs about"))
      << result.err;
  EXPECT_TRUE(clean());
}

TEST_F(CompareCompressionTest, SignalsLeaveNothingBehind) {
  for (const int number : {SIGINT, SIGTERM}) {
    Program program(command({"--levels=19", "--repeats=1000", "--v",
                             "--json=" + dir_ / "out/r.json", dir_ / "input"}),
                    dir_ / "log");
    ASSERT_TRUE(program.wait_for_err("GpuZstd, repeat 2: "));
    EXPECT_FALSE(clean());
    program.send(number);
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exit_status, 128 + number);
    EXPECT_TRUE(has(result.err, "stopped by signal")) << result.err;
    EXPECT_TRUE(clean());
  }
}

// As under nohup, whose signal would otherwise end it.
TEST_F(CompareCompressionTest, WhatWasIgnoredStaysIgnored) {
  Program program(command({"--v", dir_ / "input"}), dir_ / "log", [] {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
      signal(number, SIG_IGN);
    }
  });
  ASSERT_TRUE(program.wait_for_err("GpuZstd, repeat 1: "));
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    program.send(number);
  }
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

}  // namespace
}  // namespace gpu_zstd
