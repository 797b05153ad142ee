// Files and pipes there and back, what happens to names, modes and sources.
#include "cpu_fallback/bulk/file_streaming.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "tests/cpu_fallback/bulk/file_test_util.h"

namespace gpu_zstd {
namespace {

using test::fast;
using test::files_in;
using test::FileTest;
using test::read_file;
using test::text_like;
using test::write_file;

using FileStreaming = FileTest;

TEST_F(FileStreaming, FilesRoundTripWithEveryStrategy) {
  for (const size_t bytes : {0, 1, 1000, 1 << 20, 9000000}) {
    const std::string raw = text_like(bytes, bytes);
    write_file(in_, raw);
    for (const auto strategy : test::kStrategies) {
      FileCall there = call(in_, coded_);
      there.overwrite = true;
      const FileResult encoded =
          encode_file_streaming(codec_, there, fast(strategy));
      ASSERT_TRUE(encoded.ok()) << encoded.describe();
      EXPECT_EQ(encoded.bytes_in, bytes);
      EXPECT_EQ(encoded.bytes_out, std::filesystem::file_size(coded_));
      EXPECT_TRUE(test::decode_stream(read_file(coded_)) == raw);
      FileCall back = call(coded_, out_);
      back.overwrite = true;
      BulkDecodeOptions options;
      options.strategy = strategy;
      const FileResult decoded = decode_file_streaming(codec_, back, options);
      ASSERT_TRUE(decoded.ok()) << decoded.describe();
      EXPECT_TRUE(read_file(out_) == raw);
    }
  }
}

TEST_F(FileStreaming, AFileBecomesTheBytesOfTheSameMemory) {
  encode();
  EXPECT_TRUE(read_file(coded_) == test::compress_or_die(codec_, raw_, fast()));
}

TEST_F(FileStreaming, TheZstdCommandReadsWhatWeWriteAndWeWhatItWrites) {
  if (std::system("zstd --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "no zstd command";
  }
  for (const bool seekable : {false, true}) {
    BulkEncodeOptions options = fast();
    options.seekable = seekable;
    FileCall there = call(in_, coded_);
    there.overwrite = true;
    ASSERT_TRUE(encode_file_streaming(codec_, there, options).ok());
    ASSERT_EQ(std::system(("zstd -qdf " + coded_ + " -o " + out_).c_str()), 0);
    EXPECT_TRUE(read_file(out_) == raw_);
  }
  for (const char* flags : {"-1", "-3 -T2", "--no-check", "--long=24"}) {
    const std::string command = std::string("zstd -qf ") + flags + " ";
    ASSERT_EQ(std::system((command + in_ + " -o " + coded_).c_str()), 0);
    FileCall back = call(coded_, out_);
    back.overwrite = true;
    ASSERT_TRUE(decode_file_streaming(codec_, back, {}).ok());
    EXPECT_TRUE(read_file(out_) == raw_);
    // From a pipe, so that the frame tells no size.
    ASSERT_EQ(std::system(
                  ("cat " + in_ + " | " + command + " -c > " + coded_).c_str()),
              0);
    ASSERT_TRUE(decode_file_streaming(codec_, back, {}).ok());
    EXPECT_TRUE(read_file(out_) == raw_);
  }
}

TEST_F(FileStreaming, PipesCarryBothWays) {
  const std::string pipe_in = dir_ / "pipe_in";
  const std::string pipe_out = dir_ / "pipe_out";
  ASSERT_EQ(mkfifo(pipe_in.c_str(), 0600), 0);
  ASSERT_EQ(mkfifo(pipe_out.c_str(), 0600), 0);
  std::string coded;
  std::thread feeder([&] { write_file(pipe_in, raw_); });
  std::thread drain([&] { coded = read_file(pipe_out); });
  const FileResult result =
      encode_file_streaming(codec_, call(pipe_in, pipe_out), fast());
  feeder.join();
  drain.join();
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_TRUE(test::decode_stream(coded) == raw_);
}

TEST_F(FileStreaming, AnEmptyOutputNameOnlyTests) {
  encode();
  const size_t before = files_in(dir_.path());
  const FileResult good = decode_file_streaming(codec_, call(coded_, ""), {});
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(good.bytes_out, raw_.size());
  std::filesystem::resize_file(coded_, 100000);
  EXPECT_FALSE(decode_file_streaming(codec_, call(coded_, ""), {}).ok());
  EXPECT_EQ(files_in(dir_.path()), before);
}

TEST_F(FileStreaming, OutputTakesModeAndTimesOfItsSource) {
  ASSERT_EQ(chmod(in_.c_str(), 0640), 0);
  const timespec times[2] = {{1000000000, 5}, {1234567890, 7}};
  ASSERT_EQ(utimensat(AT_FDCWD, in_.c_str(), times, 0), 0);
  encode();
  struct stat info = {};
  ASSERT_EQ(stat(coded_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  EXPECT_EQ(info.st_mtim.tv_sec, 1234567890);
}

TEST_F(FileStreaming, TheSourceGoesOnlyWhenAskedAndAllWentWell) {
  encode();
  EXPECT_TRUE(std::filesystem::exists(in_));
  FileCall removing = call(in_, coded_);
  removing.remove_source = true;
  EXPECT_EQ(encode_file_streaming(codec_, removing, fast()).status.error,
            BulkError::kOutputExists);
  EXPECT_TRUE(std::filesystem::exists(in_));
  removing.overwrite = true;
  removing.sync = true;
  EXPECT_TRUE(encode_file_streaming(codec_, removing, fast()).ok());
  EXPECT_FALSE(std::filesystem::exists(in_));
  EXPECT_TRUE(test::decode_stream(read_file(coded_)) == raw_);
}

TEST_F(FileStreaming, ALinkKeepsPointingAtTheReplacedFile) {
  const std::string target = dir_ / "target";
  write_file(target, "old");
  std::filesystem::create_symlink(target, coded_);
  encode();
  EXPECT_TRUE(std::filesystem::is_symlink(coded_));
  EXPECT_TRUE(test::decode_stream(read_file(target)) == raw_);
}

TEST_F(FileStreaming, FilesThatSayNoSizeAreReadToTheirEnd) {
  const FileResult result =
      encode_file_streaming(codec_, call("/proc/version", coded_), fast());
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_TRUE(test::decode_stream(read_file(coded_)) ==
              read_file("/proc/version"));
}

// A hundred times the input must not take more memory: measured in a child,
// whose peak is its own. Zeros come from a device without end, through `head`.
TEST_F(FileStreaming, MemoryDoesNotGrowWithTheInput) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer allows no threads after fork()";
#endif
  const auto peak_kib = [&](const std::string& bytes) -> int64_t {
    const pid_t child = fork();
    if (child == 0) {
      const std::string pipe = dir_ / "pipe";
      mkfifo(pipe.c_str(), 0600);
      const std::string command =
          "head -c " + bytes + " /dev/zero > " + pipe + " &";
      int failed = std::system(command.c_str());
      BulkCodec codec(test::fixed_limits());
      failed |=
          encode_file_streaming(codec, call(pipe, "/dev/null"), fast()).ok()
              ? 0
              : 1;
      rusage usage = {};
      getrusage(RUSAGE_SELF, &usage);
      write_file(dir_ / "peak", std::to_string(usage.ru_maxrss));
      _exit(failed);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return std::stoll(read_file(dir_ / "peak"));
  };
  const int64_t small = peak_kib("20M");
  const int64_t large = peak_kib("2000M");
  EXPECT_LT(large - small, 8 << 10) << small << " KiB, " << large << " KiB";
}

}  // namespace
}  // namespace gpu_zstd
