// The commands for the codec as their users meet them. What they compute from
// figures is in codec_report_test.cc and others.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zstd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using Arguments = std::vector<std::string>;

class CodecTools : public testing::Test {
 protected:
  CodecTools() : text_(test::text_like(100'000, 5)) {
    std::filesystem::create_directory(dir_ / "log");
    test::write_file(input_, text_);
  }

  test::ProgramResult run(Arguments arguments) const {
    return test::Program(arguments, dir_ / "log").wait();
  }

  // The program ends with 1 and says why.
  void expect_refusal(const Arguments& arguments,
                      const std::string& message) const {
    const test::ProgramResult result = run(arguments);
    EXPECT_EQ(result.exit_status, 1) << message;
    EXPECT_NE(result.err.find(message), std::string::npos)
        << "expected '" << message << "' in: " << result.err;
  }

  test::TempDir dir_;
  const std::string text_;
  const std::string input_ = dir_ / "input";
  const std::string output_ = dir_ / "output.zst";
};

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

TEST_F(CodecTools, BenchCodecReportsEveryCell) {
  const std::string json_path = dir_ / "out.json";
  const auto result =
      run({BENCH_CODEC, "--engine=host,cpu", "--levels=1,3",
           "--block_sizes=4096,16384", "--batches=1,4", "--repeats=2",
           "--threads=2", "--max_bytes=80000", "--json=" + json_path, input_});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("against cpu"), std::string::npos);
  const auto json = nlohmann::json::parse(test::read_file(json_path));
  ASSERT_EQ(json["cells"].size(), 4u);
  for (const auto& cell : json["cells"]) {
    ASSERT_EQ(cell["engines"].size(), 2u);
    EXPECT_EQ(cell["engines"][0]["engine"], "host");
    EXPECT_EQ(cell["engines"][1]["engine"], "cpu");
    for (const auto& engine : cell["engines"]) {
      EXPECT_EQ(engine["raw_bytes"], 80000);
      EXPECT_GT(engine["ratio"], 1.5);
      EXPECT_GT(engine["gigabytes_per_second"], 0.0);
      EXPECT_EQ(engine["bulk_seconds"].size(), 2u);
      EXPECT_EQ(engine["latencies"].size(), 2u);
      EXPECT_EQ(engine["latencies"][1]["blocks"], 4);
    }
  }
}

TEST_F(CodecTools, BenchCodecRepeatsAnInputToTheBytesAskedFor) {
  const std::string json_path = dir_ / "out.json";
  const auto result =
      run({BENCH_CODEC, "--engine=cpu", "--levels=1", "--repeats=1",
           "--bulk_bytes=250000", "--json=" + json_path, input_});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto json = nlohmann::json::parse(test::read_file(json_path));
  EXPECT_EQ(json["cells"][0]["engines"][0]["raw_bytes"], 300'000);
}

// Each kind and all 300 periods, each beside the file at its block size.
TEST_F(CodecTools, BenchCodecMeasuresGeneratedInputsAgainstTheFirstFile) {
  const std::string json_path = dir_ / "out.json";
  const auto result =
      run({BENCH_CODEC, "--engine=host", "--levels=1", "--block_sizes=512",
           "--repeats=1", "--batches=1", "--max_bytes=20000", "--threads=1",
           "--generated", "--json=" + json_path, input_});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("time of an input, in times of input\n"
                            "level 1, blocks of 512, host, bulk: "),
            std::string::npos)
      << result.out;
  const auto json = nlohmann::json::parse(test::read_file(json_path));
  std::set<std::string> names;
  for (const auto& time : json["relative_times"]) {
    names.insert(time["input"]);
    EXPECT_GT(time["bulk"], 0.0);
    EXPECT_GT(time["one_block"], 0.0);
  }
  EXPECT_EQ(json["cells"].size(), names.size() + 1);
  for (const auto& cell : json["cells"]) {
    EXPECT_EQ(cell["generated"], cell["input"] != "input") << cell["input"];
  }
  for (const char* name : {"constant", "period 1", "period 255", "period 300",
                           "runs", "near equal", "noise", "two symbols"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_GT(names.size(), 310u);
}

TEST_F(CodecTools, BenchCodecSaysWhatIsWrong) {
  expect_refusal({BENCH_CODEC}, "expected files");
  expect_refusal({BENCH_CODEC, dir_ / "none"}, "cannot read");
  expect_refusal({BENCH_CODEC, "--levels=1,,3", input_}, "--levels: ''");
  expect_refusal({BENCH_CODEC, "--levels=1,30", input_}, "--levels: '30'");
  expect_refusal({BENCH_CODEC, "--batches=0", input_}, "--batches: '0'");
  expect_refusal({BENCH_CODEC, "--engine=host,", input_}, "no engine ''");
  expect_refusal({BENCH_CODEC, "--repeats=-1", input_}, "--repeats: '-1'");
  expect_refusal({BENCH_CODEC, "--engine=cpu", "--levels=1", "--repeats=1",
                  "--json=" + dir_ / "no/such", input_},
                 "cannot write");
  test::write_file(dir_ / "empty", "");
  expect_refusal({BENCH_CODEC, dir_ / "empty"}, "is empty");
}

TEST_F(CodecTools, BenchFseReportsEverySize) {
  const std::string json_path = dir_ / "out.json";
  const auto result = run({BENCH_FSE, "--sizes=1,300000", "--repeats=2",
                           "--threads=2", "--json=" + json_path, input_});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto json = nlohmann::json::parse(test::read_file(json_path));
  ASSERT_EQ(json["results"].size(), 2u);
  const auto& r = json["results"][1];
  EXPECT_EQ(r["symbols"], 300'000);
  EXPECT_GT(r["ratio"], 1.3);  // text has 4 to 5 bits a symbol
  EXPECT_LE(r["ratio"], 8 / r["entropy_bits"].get<double>());
  EXPECT_EQ(r["encode_seconds"].size(), 2u);
  EXPECT_EQ(r["decode_seconds"].size(), 2u);
}

TEST_F(CodecTools, BenchFseMakesSymbolsOfItsOwn) {
  const auto result = run({BENCH_FSE, "--sizes=200000", "--repeats=1"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("200000 host"), std::string::npos) << result.out;
}

// The picture itself needs gnuplot, which is not everywhere.
TEST_F(CodecTools, PlotCodecDrawsWhatBenchCodecWrote) {
  const std::string json_path = dir_ / "out.json";
  const std::string picture = dir_ / "out.svg";
  ASSERT_EQ(run({BENCH_CODEC, "--engine=host,cpu", "--levels=1,3",
                 "--block_sizes=4096", "--repeats=1", "--max_bytes=20000",
                 "--json=" + json_path, input_})
                .exit_status,
            0);
  const auto result =
      run({PLOT_CODEC, json_path, "--block_size=4096", "-o", picture});
  if (result.err.find("gnuplot, which draws") != std::string::npos) {
    EXPECT_EQ(result.exit_status, 1);
    GTEST_SKIP() << "no gnuplot";
  }
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const std::string svg = test::read_file(picture);
  EXPECT_NE(svg.find("<svg"), std::string::npos);
  EXPECT_NE(svg.find("cpu: wall time"), std::string::npos);
  EXPECT_NE(svg.find("host: wall time"), std::string::npos);
  EXPECT_NE(svg.find(">L3<"), std::string::npos);
}

TEST_F(CodecTools, PlotCodecSaysWhatIsWrong) {
  expect_refusal({PLOT_CODEC, input_}, "expected one RESULT.json");
  expect_refusal({PLOT_CODEC, dir_ / "none", "-o", dir_ / "o.svg"},
                 "cannot read");
  expect_refusal({PLOT_CODEC, input_, "-o", dir_ / "o.svg"},
                 input_ + " is no result of bench_codec");
  test::write_file(dir_ / "empty.json", R"({"cells": []})");
  expect_refusal({PLOT_CODEC, dir_ / "empty.json", "-o", dir_ / "o.svg"},
                 "no result with blocks of 16384");
}

TEST_F(CodecTools, SoakCodecChecksSoManyBlocksALevel) {
  const auto result =
      run({SOAK_CODEC, "--levels=1,19", "--blocks=3000,500",
           "--longest_block=300", "--batch_bytes=300000", "--pool_bytes=1"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("3500 blocks, all frames right"), std::string::npos)
      << result.out;
}

TEST_F(CodecTools, SoakCodecSaysWhatIsWrong) {
  expect_refusal({SOAK_CODEC, "--levels=1,3", "--blocks=1,2,3"},
                 "--blocks has 3 numbers for 2 levels");
  expect_refusal({SOAK_CODEC, "--engine=cpu"}, "no engine 'cpu'");
  expect_refusal({SOAK_CODEC, "--model_every=0"}, "--model_every: '0'");
  expect_refusal({SOAK_CODEC, input_}, "takes no files");
}

// The tools on a GPU, beside the host model.
TEST_F(CodecTools, WorkOnAGpu) {
  for (const Arguments& arguments :
       {Arguments{BENCH_CODEC, "--engine=host,gpu", "--levels=1,9",
                  "--repeats=1", "--batches=1,5", input_},
        Arguments{BENCH_FSE, "--engine=host,gpu", "--sizes=1,400000",
                  "--repeats=1"},
        Arguments{SOAK_CODEC, "--engine=gpu", "--blocks=2000",
                  "--batch_bytes=200000", "--pool_bytes=1"},
        Arguments{SOAK_CODEC, "--engine=gpu", "--blocks=5", "--levels=3",
                  "--longest_block=150000", "--nolane_order"}}) {
    const auto result = run(arguments);
    if (result.err.find("no CUDA device") != std::string::npos ||
        result.err.find("was not built") != std::string::npos) {
      EXPECT_EQ(result.exit_status, 1);
      GTEST_SKIP() << result.err;
    }
    EXPECT_EQ(result.exit_status, 0) << arguments[0] << ": " << result.err;
  }
}

TEST_F(CodecTools, BenchFseSaysWhatIsWrong) {
  expect_refusal({BENCH_FSE, "--sizes=0"}, "--sizes: '0'");
  expect_refusal({BENCH_FSE, "--engine=cpu", "--sizes=9"}, "no engine 'cpu'");
  expect_refusal({BENCH_FSE, dir_ / "none"}, "cannot read");
  expect_refusal({BENCH_FSE, input_, input_}, "one file at most");
  test::write_file(dir_ / "empty", "");
  expect_refusal({BENCH_FSE, dir_ / "empty"}, "is empty");
}

}  // namespace
}  // namespace gpu_zstd
