// Files that are wrong, full, gone or changing: the error says what and where,
// nothing half done bears a final name, and the source stays.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "cpu_fallback/bulk/file_streaming.h"
#include "tests/cpu_fallback/bulk/file_test_util.h"

namespace gpu_zstd {
namespace {

using test::fast;
using test::files_in;
using test::read_file;
using test::write_file;

class FileErrors : public test::FileTest {
 protected:
  // After a failure: the source as it was, no output, no debris.
  void expect_untouched(const FileResult& result, BulkError error,
                        const std::string& file, size_t files) {
    EXPECT_EQ(result.status.error, error) << result.describe();
    EXPECT_EQ(result.file, file);
    EXPECT_NE(result.describe().find(file), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(out_));
    EXPECT_EQ(files_in(dir_.path()), files);
  }
  FileResult decode(bool remove_source = true) {
    FileCall made = call(coded_, out_);
    made.remove_source = remove_source;
    return decode_file_streaming(codec_, made, {});
  }
};

TEST_F(FileErrors, TruncatedCorruptGarbageAndNotZstd) {
  encode();
  const std::string good = read_file(coded_);
  write_file(coded_, good.substr(0, good.size() / 2));
  FileResult result = decode();
  expect_untouched(result, BulkError::kTruncated, coded_, 2);
  EXPECT_EQ(result.status.offset, good.size() / 2);

  std::string flipped = good;
  flipped[good.size() / 2] = static_cast<char>(flipped[good.size() / 2] ^ 0x20);
  write_file(coded_, flipped);
  result = decode();
  expect_untouched(result, BulkError::kCorrupt, coded_, 2);
  EXPECT_GT(result.status.offset, good.size() / 4);

  write_file(coded_, good + "garbage");
  result = decode();
  expect_untouched(result, BulkError::kTrailingGarbage, coded_, 2);
  EXPECT_EQ(result.status.offset, good.size());

  write_file(coded_, "this is no zstd file");
  result = decode();
  expect_untouched(result, BulkError::kNotZstd, coded_, 2);
  EXPECT_NE(result.describe().find("at byte 0"), std::string::npos);
}

TEST_F(FileErrors, MissingUnreadableAndDirectories) {
  expect_untouched(encode_file_streaming(codec_, call(dir_ / "no", out_), {}),
                   BulkError::kUnreadable, dir_ / "no", 1);
  const std::string sub = dir_ / "sub";
  std::filesystem::create_directory(sub);
  expect_untouched(encode_file_streaming(codec_, call(sub, out_), {}),
                   BulkError::kIsDirectory, sub, 2);
  EXPECT_EQ(encode_file_streaming(codec_, call(in_, sub), {}).status.error,
            BulkError::kIsDirectory);
  const FileResult nowhere =
      encode_file_streaming(codec_, call(in_, dir_ / "no/where"), {});
  EXPECT_EQ(nowhere.status.error, BulkError::kUnwritable);
  EXPECT_EQ(nowhere.file, dir_ / "no/where");
  if (geteuid() != 0) {  // root reads everything
    chmod(in_.c_str(), 0);
    expect_untouched(encode_file_streaming(codec_, call(in_, out_), {}),
                     BulkError::kUnreadable, in_, 2);
  }
}

TEST_F(FileErrors, AnExistingOutputIsKept) {
  write_file(coded_, "precious");
  EXPECT_EQ(encode_file_streaming(codec_, call(in_, coded_), {}).status.error,
            BulkError::kOutputExists);
  EXPECT_EQ(read_file(coded_), "precious");
  EXPECT_EQ(files_in(dir_.path()), 2u);
}

TEST_F(FileErrors, AFailureKeepsTheOutputThatWasToBeReplaced) {
  encode();
  std::filesystem::resize_file(coded_, 100000);
  write_file(out_, "precious");
  FileCall made = call(coded_, out_);
  made.overwrite = true;
  EXPECT_FALSE(decode_file_streaming(codec_, made, {}).ok());
  EXPECT_EQ(read_file(out_), "precious");
  EXPECT_EQ(files_in(dir_.path()), 3u);
}

TEST_F(FileErrors, InputAndOutputMayNotBeTheSameFile) {
  std::filesystem::create_hard_link(in_, coded_);
  FileCall made = call(in_, coded_);
  made.overwrite = true;
  EXPECT_EQ(encode_file_streaming(codec_, made, {}).status.error,
            BulkError::kBadOption);
  EXPECT_TRUE(read_file(in_) == raw_);
  EXPECT_EQ(files_in(dir_.path()), 2u);
}

TEST_F(FileErrors, AFullDeviceIsOutputFull) {
  const FileResult result =
      encode_file_streaming(codec_, call(in_, "/dev/full"), fast());
  EXPECT_EQ(result.status.error, BulkError::kOutputFull);
  EXPECT_EQ(result.file, "/dev/full");
  EXPECT_EQ(result.status.offset, 0u);
}

// The limit on file sizes stands for a full disk.
TEST_F(FileErrors, AFullDiskLeavesNothingBehind) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {600000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  FileCall made = call(in_, out_);
  made.remove_source = true;
  const FileResult result = encode_file_streaming(codec_, made, fast());
  setrlimit(RLIMIT_FSIZE, &before);
  expect_untouched(result, BulkError::kOutputFull, out_, 1);
  EXPECT_LE(result.status.offset, 600000u);
  EXPECT_GT(result.status.offset, 0u);
  EXPECT_TRUE(read_file(in_) == raw_);
}

TEST_F(FileErrors, ASourceThatChangesMeanwhileIsTold) {
  const auto change_midway = [&](const auto& change) {
    BulkEncodeOptions options = fast();
    options.progress = [&, done = false](const BulkProgress&) mutable {
      if (!done) {
        done = true;
        change();
      }
    };
    FileCall made = call(in_, out_);
    made.remove_source = true;
    const FileResult result = encode_file_streaming(codec_, made, options);
    expect_untouched(result, BulkError::kSourceChanged, in_, 1);
    write_file(in_, raw_);
  };
  change_midway([&] { std::filesystem::resize_file(in_, 1000); });
  change_midway(
      [&] { std::ofstream(in_, std::ios::app | std::ios::binary) << "more"; });
  change_midway([&] {  // the same size, other content
    std::fstream file(in_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4900000);
    file << "other";
  });
}

TEST_F(FileErrors, ASourceReplacedMeanwhileIsNotRemoved) {
  BulkEncodeOptions options = fast();
  options.progress = [&, done = false](const BulkProgress&) mutable {
    if (!done) {
      done = true;
      write_file(dir_ / "new", "another file");
      std::filesystem::rename(dir_ / "new", in_);
    }
  };
  FileCall made = call(in_, out_);
  made.remove_source = true;
  const FileResult result = encode_file_streaming(codec_, made, options);
  EXPECT_EQ(result.status.error, BulkError::kSourceChanged);
  EXPECT_EQ(read_file(in_), "another file");
  EXPECT_TRUE(test::decode_stream(read_file(out_)) == raw_);
}

TEST_F(FileErrors, CancellationLeavesNoDebris) {
  encode();
  for (const auto strategy : test::kStrategies) {
    std::atomic<bool> cancel{false};
    BulkEncodeOptions options = fast(strategy);
    options.cancel = &cancel;
    options.progress = [&](const BulkProgress&) { cancel = true; };
    FileCall made = call(in_, out_);
    made.remove_source = true;
    expect_untouched(encode_file_streaming(codec_, made, options),
                     BulkError::kCancelled, in_, 2);
    cancel = false;
    BulkDecodeOptions decode_options;
    decode_options.strategy = strategy;
    decode_options.cancel = &cancel;
    decode_options.progress = options.progress;
    made.input = coded_;
    expect_untouched(decode_file_streaming(codec_, made, decode_options),
                     BulkError::kCancelled, coded_, 2);
  }
  EXPECT_TRUE(read_file(in_) == raw_);
}

// A pipe that gives nothing does not keep a cancelled call waiting.
TEST_F(FileErrors, CancellationWakesACallThatWaitsForAPipe) {
  const std::string pipe = dir_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int keeper = open(pipe.c_str(), O_RDWR);
  std::atomic<bool> cancel{false};
  BulkEncodeOptions options = fast();
  options.cancel = &cancel;
  FileResult result;
  std::thread caller([&] {
    result = encode_file_streaming(codec_, call(pipe, out_), options);
  });
  cancel = true;
  caller.join();
  close(keeper);
  expect_untouched(result, BulkError::kCancelled, pipe, 2);
}

TEST_F(FileErrors, APipeCannotBeRemoved) {
  const std::string pipe = dir_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int keeper = open(pipe.c_str(), O_RDWR);
  FileCall made = call(pipe, out_);
  made.remove_source = true;
  expect_untouched(encode_file_streaming(codec_, made, fast()),
                   BulkError::kNotRegular, pipe, 2);
  close(keeper);
}

TEST_F(FileErrors, AReaderThatLeavesEndsTheCall) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string pipe = dir_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread reader([&] {
    const int fd = open(pipe.c_str(), O_RDONLY);
    char byte = 0;
    EXPECT_EQ(read(fd, &byte, 1), 1);
    close(fd);
  });
  const FileResult result =
      encode_file_streaming(codec_, call(in_, pipe), fast());
  reader.join();
  EXPECT_EQ(result.status.error, BulkError::kUnwritable);
  EXPECT_EQ(result.file, pipe);
}

}  // namespace
}  // namespace gpu_zstd
