// The command itself: files, streams, exit codes, signals.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

class Command : public testing::Test {
 protected:
  Command() : raw_(test::text_like(3000000, 1)) { put("in", raw_); }

  // Runs a shell line in the test's directory, with $Z for the command.
  // Standard error goes to the file "err".
  int run(const std::string& line) {
    const std::string shell = "cd " + dir_.path().string() +
                              " && Z=" + ZSTD_PARALLEL + " && { " + line +
                              "; } 2> err";
    const int status = std::system(("bash -c '" + shell + "'").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void put(const std::string& name, const std::string& data) {
    std::ofstream(dir_ / name, std::ios::binary) << data;
  }
  std::string get(const std::string& name) {
    std::ifstream file(dir_ / name, std::ios::binary);
    std::ostringstream data;
    data << file.rdbuf();
    return data.str();
  }
  bool exists(const std::string& name) {
    return std::filesystem::exists(dir_ / name);
  }
  bool told(const std::string& text) {
    return get("err").find(text) != std::string::npos;
  }

  test::TempDir dir_;
  const std::string raw_;
};

TEST_F(Command, CompressesAndDecompressesBesideTheSource) {
  EXPECT_EQ(run("$Z -1 in"), 0);
  EXPECT_TRUE(exists("in"));
  EXPECT_EQ(run("mv in orig && $Z -d in.zst && cmp in orig"), 0);
}

TEST_F(Command, TheZstdCommandAgrees) {
  if (run("zstd --version > /dev/null") != 0) {
    GTEST_SKIP() << "no zstd command";
  }
  EXPECT_EQ(run("$Z -5 in -o a.zst && zstd -qdc a.zst | cmp - in"), 0);
  EXPECT_EQ(run("$Z --seekable -c in | zstd -qdc | cmp - in"), 0);
  EXPECT_EQ(run("zstd -q -c in | $Z -d | cmp - in"), 0);
  EXPECT_EQ(run("zstd -q -T2 -B1M in -o b.zst && $Z -dc b.zst | cmp - in"), 0);
}

TEST_F(Command, StandardStreamsWithAndWithoutTheDash) {
  EXPECT_EQ(run("cat in | $Z | $Z -d | cmp - in"), 0);
  EXPECT_EQ(run("cat in | $Z - | $Z -d - | cmp - in"), 0);
  EXPECT_EQ(run("cat in | $Z -o x.zst && $Z -dc x.zst | cmp - in"), 0);
  EXPECT_EQ(run("$Z -dc < x.zst > y && cmp y in"), 0);
}

TEST_F(Command, StandardInputMayStandInsideAFile) {
  const std::string skip = "dd bs=1000 count=1 of=/dev/null status=none";
  EXPECT_EQ(run("{ " + skip + "; $Z -c; } < in > x.zst"), 0) << get("err");
  EXPECT_EQ(run("$Z -dc x.zst | cmp - <(tail -c +1001 in)"), 0);
  EXPECT_EQ(run("{ head -c 1000 in; cat x.zst; } > y"), 0);
  EXPECT_EQ(run("{ " + skip + "; $Z -dc; } < y | cmp - <(tail -c +1001 in)"), 0)
      << get("err");
  EXPECT_EQ(run("{ cat > /dev/null; $Z -c; } < in > x.zst"), 0) << get("err");
  EXPECT_EQ(run("$Z -dc x.zst > y && test ! -s y"), 0);
}

TEST_F(Command, EveryStrategyAndThreadCountGivesTheSameFile) {
  ASSERT_EQ(run("$Z -1 in -o expected.zst"), 0);
  for (const char* flags : {"-T1", "-T2", "-T7", "--strategy=single",
                            "--strategy=stealing", "--strategy=pipeline"}) {
    EXPECT_EQ(run(std::string("$Z -1 -f in -o x.zst ") + flags +
                  " && cmp x.zst expected.zst"),
              0)
        << flags;
  }
}

TEST_F(Command, TestChecksWithoutWriting) {
  ASSERT_EQ(run("$Z in"), 0);
  const std::string good = get("in.zst");
  EXPECT_EQ(run("$Z -t in.zst"), 0);
  put("in.zst", good.substr(0, good.size() - 10));
  EXPECT_EQ(run("$Z -t in.zst"), 1);
  EXPECT_TRUE(told("in.zst")) << get("err");
  EXPECT_TRUE(told("truncated"));
  EXPECT_TRUE(told("byte " + std::to_string(good.size() - 10)));
}

TEST_F(Command, AnIndexThatIsCutIsFoundAndTheFileKept) {
  put("small", raw_.substr(0, 100000));
  ASSERT_EQ(run("$Z --seekable small -o x.zst"), 0);
  const std::string good = get("x.zst");
  put("x.zst", good.substr(0, good.size() - 5));
  EXPECT_EQ(run("$Z -t x.zst"), 1);
  EXPECT_TRUE(told("truncated")) << get("err");
  EXPECT_EQ(run("$Z -d --rm x.zst"), 1);
  EXPECT_TRUE(exists("x.zst"));
  EXPECT_FALSE(exists("x"));
}

TEST_F(Command, RefusesToOverwriteUnlessForced) {
  put("in.zst", "precious");
  EXPECT_EQ(run("$Z in"), 1);
  EXPECT_TRUE(told("already exists"));
  EXPECT_EQ(get("in.zst"), "precious");
  EXPECT_EQ(run("$Z -f in && $Z -t in.zst"), 0);
}

TEST_F(Command, RmRemovesOnlyWhatWentWell) {
  put("bad.zst", "no zstd");
  EXPECT_EQ(run("$Z -d --rm bad.zst"), 1);
  EXPECT_TRUE(exists("bad.zst"));
  EXPECT_FALSE(exists("bad"));
  EXPECT_EQ(run("$Z --rm -c in > x.zst"), 0);
  EXPECT_TRUE(exists("in")) << "standard output keeps the source";
  EXPECT_EQ(run("$Z --rm in"), 0);
  EXPECT_FALSE(exists("in"));
  EXPECT_EQ(run("$Z -t --rm in.zst"), 0);
  EXPECT_TRUE(exists("in.zst"));
}

TEST_F(Command, OneBadFileDoesNotStopTheOthers) {
  put("b", "second");
  EXPECT_EQ(run("$Z missing in . b"), 1);
  EXPECT_TRUE(exists("in.zst"));
  EXPECT_TRUE(exists("b.zst"));
  EXPECT_TRUE(told("missing"));
  EXPECT_TRUE(told("is a directory"));
}

TEST_F(Command, QuietAndVerboseSayLessAndMore) {
  EXPECT_EQ(run("$Z -f in"), 0);
  EXPECT_TRUE(told("in.zst"));
  EXPECT_EQ(run("$Z -qf in"), 0);
  EXPECT_EQ(get("err"), "");
  EXPECT_EQ(run("$Z -q missing"), 1);
  EXPECT_TRUE(told("missing"));
  EXPECT_EQ(run("$Z -qq missing"), 1);
  EXPECT_EQ(get("err"), "");
  EXPECT_EQ(run("$Z -vf in"), 0);
  EXPECT_TRUE(told("peak memory"));
}

TEST_F(Command, ProgressStaysOffWhereThereIsNoTerminal) {
  EXPECT_EQ(run("$Z -19 in"), 0);
  EXPECT_FALSE(told("\r"));
}

TEST_F(Command, BadFlagsAndSettingsExitWithOne) {
  EXPECT_EQ(run("$Z --nonsense in"), 1);
  EXPECT_TRUE(told("--nonsense"));
  EXPECT_EQ(run("GPU_ZSTD_CPU_WORKERS=many $Z in"), 1);
  EXPECT_TRUE(told("GPU_ZSTD_CPU_WORKERS"));
  EXPECT_FALSE(exists("in.zst"));
  EXPECT_EQ(run("GPU_ZSTD_CPU_WORKERS=1 $Z in"), 0);
}

TEST_F(Command, UnknownEndingsNeedAName) {
  ASSERT_EQ(run("$Z in -o odd"), 0);
  EXPECT_EQ(run("$Z -d odd"), 1);
  EXPECT_TRUE(told("-o"));
  EXPECT_EQ(run("$Z -d odd -o x && cmp x in"), 0);
}

TEST_F(Command, FullOutputFailsAndLeavesNothing) {
  EXPECT_EQ(run("$Z -c in > /dev/full"), 1);
  EXPECT_TRUE(told("output full"));
  EXPECT_EQ(run("ulimit -f 100; $Z in"), 1);
  EXPECT_FALSE(exists("in.zst"));
  EXPECT_EQ(run("test $(ls | grep -c tmp) = 0"), 0);
}

TEST_F(Command, HelpAndVersionGoToStandardOutput) {
  EXPECT_EQ(run("$Z -h > help && $Z -V > version"), 0);
  EXPECT_NE(get("help").find("Usage"), std::string::npos);
  EXPECT_NE(get("version").find("libzstd"), std::string::npos);
}

TEST_F(Command, BenchmarkWritesItsReports) {
  EXPECT_EQ(run("$Z -b1 -i0 --sizes=300K,2M --json=j.json --plot=p.gp in "
                "> table"),
            0);
  EXPECT_NE(get("table").find("auto/best"), std::string::npos);
  EXPECT_NE(get("j.json").find("\"raw_bytes\": 2097152"), std::string::npos);
  EXPECT_NE(get("p.gp").find("p.svg"), std::string::npos);
}

TEST_F(Command, ReportsThatCannotBeWrittenFail) {
  EXPECT_EQ(run("$Z -V > /dev/full"), 1);
  EXPECT_TRUE(told("standard output: cannot be written")) << get("err");
  EXPECT_EQ(run("$Z -b1 -i0 --sizes=300K --json=no/j.json in > table"), 1);
  EXPECT_TRUE(told("cannot write no/j.json: No such file")) << get("err");
  EXPECT_EQ(get("table"), "");  // known before the work
}

// A shell ignores SIGINT for its background jobs. The pipe is open when the
// command has set up what it does with signals.
TEST_F(Command, WhatWasIgnoredStaysIgnored) {
  EXPECT_EQ(run("mkfifo p && { $Z -c p > out & } && exec 3> p && "
                "kill -INT $! && cat in >&3 && exec 3>&- && wait $!"),
            0);
  EXPECT_EQ(run("$Z -dc out | cmp in"), 0);
}

TEST_F(Command, AnInterruptLeavesNothingBehind) {
  ASSERT_EQ(run("mkfifo pipe"), 0);
  const int feeder = open((dir_ / "pipe").c_str(), O_RDWR);
  const pid_t child = fork();
  if (child == 0) {
    const int devnull = open("/dev/null", O_WRONLY);
    dup2(devnull, STDERR_FILENO);
    execl(ZSTD_PARALLEL, "zstd_parallel", (dir_ / "pipe").c_str(), "-o",
          (dir_ / "out.zst").c_str(), nullptr);
    _exit(127);
  }
  // The temporary file tells that the command is at work.
  bool working = false;
  while (!working) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      working = working || entry.path().extension() == ".tmp";
    }
  }
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  close(feeder);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_FALSE(exists("out.zst"));
  EXPECT_EQ(run("test $(ls | grep -c tmp) = 0"), 0);
}

}  // namespace
}  // namespace gpu_zstd
