// encode_blocks as its users meet it.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zstd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/tools/codec/codec_tools.h"

namespace gpu_zstd {
namespace {

// Decodes frames that follow each other.
std::string decode_frames(const std::string& frames, size_t limit) {
  std::string content(limit + 1, '\0');
  const size_t bytes = ZSTD_decompress(content.data(), content.size(),
                                       frames.data(), frames.size());
  if (ZSTD_isError(bytes)) return ZSTD_getErrorName(bytes);
  content.resize(bytes);
  return content;
}

size_t frame_count(const std::string& frames) {
  size_t count = 0;
  for (size_t at = 0; at < frames.size(); ++count) {
    const size_t bytes =
        ZSTD_findFrameCompressedSize(frames.data() + at, frames.size() - at);
    if (ZSTD_isError(bytes)) return 0;
    at += bytes;
  }
  return count;
}

TEST_F(CodecTools, EncodeBlocksWritesOneFrameABlock) {
  for (const char* engine : {"host", "cpu"}) {
    for (const size_t block : {size_t{999}, size_t{16384}, size_t{200'000}}) {
      const auto result = run({ENCODE_BLOCKS, input_, "-o", output_,
                               std::string("--engine=") + engine, "--level=9",
                               "--block_size=" + std::to_string(block)});
      ASSERT_EQ(result.exit_status, 0) << result.err;
      const std::string frames = test::read_file(output_);
      EXPECT_TRUE(decode_frames(frames, text_.size()) == text_) << engine;
      EXPECT_EQ(frame_count(frames), (text_.size() + block - 1) / block);
      EXPECT_TRUE(test::has_frame_checksum(frames));
    }
  }
}

TEST_F(CodecTools, EncodeBlocksLeavesTheChecksumOut) {
  const auto result =
      run({ENCODE_BLOCKS, "--nochecksum", input_, "-o", output_});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_FALSE(test::has_frame_checksum(test::read_file(output_)));
}

TEST_F(CodecTools, EncodeBlocksMakesAFrameOfAnEmptyFile) {
  test::write_file(input_, "");
  ASSERT_EQ(run({ENCODE_BLOCKS, input_, "-o", output_}).exit_status, 0);
  const std::string frames = test::read_file(output_);
  EXPECT_EQ(frame_count(frames), 1u);
  EXPECT_EQ(decode_frames(frames, 0), "");
}

// What does not fit on the disk leaves nothing, and spoils nothing.
TEST_F(CodecTools, EncodeBlocksLeavesNoPartOfAFile) {
  const auto run_short_of_room = [&] {
    return test::Program({ENCODE_BLOCKS, input_, "-o", output_}, dir_ / "log",
                         [] {
                           signal(SIGXFSZ, SIG_IGN);
                           const rlimit most{8192, 8192};
                           setrlimit(RLIMIT_FSIZE, &most);
                         })
        .wait();
  };
  for (const bool existed : {false, true}) {
    if (existed) test::write_file(output_, "before");
    const test::ProgramResult result = run_short_of_room();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.err.find("cannot write " + output_ + ": File too large"),
              std::string::npos)
        << result.err;
    EXPECT_EQ(test::read_file(output_), existed ? "before" : "");
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
    }
  }
}

TEST_F(CodecTools, EncodeBlocksSaysWhatIsWrong) {
  const auto refused = [&](const Arguments& more, const std::string& message) {
    Arguments all{ENCODE_BLOCKS, "-o", output_};
    all.insert(all.end(), more.begin(), more.end());
    expect_refusal(all, message);
    EXPECT_FALSE(std::filesystem::exists(output_)) << message;
  };
  refused({}, "expected one INPUT");
  refused({input_, input_}, "expected one INPUT");
  expect_refusal({ENCODE_BLOCKS, input_}, "-o OUT.zst");
  refused({dir_ / "none"}, "cannot read " + dir_ / "none");
  refused({dir_.path().string()}, "not a regular file");
  refused({input_, "--level=0"}, "--level: '0'");
  refused({input_, "--level=23"}, "from 1 to 22");
  refused({input_, "--level=3x"}, "--level: '3x'");
  refused({input_, "--block_size=0"}, "--block_size: '0'");
  refused({input_, "--engine=quick"}, "no engine 'quick'");
  refused({input_, "--levle=3"}, "levle");
  expect_refusal({ENCODE_BLOCKS, input_, "-o", dir_ / "no/such"},
                 "cannot write " + (dir_ / "no/such") + ": No such file");
  expect_refusal({ENCODE_BLOCKS, input_, "-o", input_}, "-o names the input");
  EXPECT_TRUE(test::read_file(input_) == text_);
}

}  // namespace
}  // namespace gpu_zstd
