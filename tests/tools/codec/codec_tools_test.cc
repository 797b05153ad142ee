// The commands for the codec as their users meet them. What they compute from
// figures is in codec_report_test.cc and others.
#include "tests/tools/codec/codec_tools.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace gpu_zstd {
namespace {

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
}

// Before it measures anything: the header is printed then.
TEST_F(CodecTools, BenchCodecLooksAtAllFilesFirst) {
  const auto expect_early_refusal = [&](const Arguments& more,
                                        const std::string& message) {
    Arguments all{BENCH_CODEC, "--engine=cpu", "--levels=1", "--repeats=1",
                  input_};
    all.insert(all.end(), more.begin(), more.end());
    const test::ProgramResult result = run(all);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "") << message;
  };
  test::write_file(dir_ / "empty", "");
  expect_early_refusal({dir_ / "empty"}, (dir_ / "empty") + " is empty");
  expect_early_refusal({dir_ / "none"}, "cannot read " + (dir_ / "none"));
  expect_early_refusal({dir_.path().string()}, "not a regular file");
  expect_early_refusal({"--json=" + (dir_ / "no/such")},
                       "cannot write " + (dir_ / "no/such"));
}

TEST_F(CodecTools, BenchCodecKeepsTheCellsBeforeAnError) {
  // Its size is said to be a page, but it ends before.
  const std::string short_file = "/sys/devices/system/cpu/online";
  if (!std::filesystem::is_regular_file(short_file)) {
    GTEST_SKIP() << "no " << short_file;
  }
  const std::string json_path = dir_ / "out.json";
  const Arguments some{BENCH_CODEC, "--engine=cpu", "--levels=1,3",
                       "--repeats=1", "--json=" + json_path};
  Arguments all = some;
  all.insert(all.end(), {input_, short_file});
  expect_refusal(all, "cannot read " + short_file + ": it ends");
  const auto json = nlohmann::json::parse(test::read_file(json_path));
  EXPECT_EQ(json["cells"].size(), 2u);
  EXPECT_NE(json["error"].get<std::string>().find(short_file),
            std::string::npos);
  // What ended with nothing measured replaces no earlier result.
  all = some;
  all.push_back(short_file);
  expect_refusal(all, "cannot read " + short_file + ": it ends");
  EXPECT_EQ(nlohmann::json::parse(test::read_file(json_path)), json);
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
  const auto unwritable =
      run({BENCH_FSE, "--sizes=9", "--json=" + (dir_ / "no/such")});
  EXPECT_EQ(unwritable.exit_status, 1);
  EXPECT_NE(unwritable.err.find("cannot write " + (dir_ / "no/such")),
            std::string::npos)
      << unwritable.err;
  EXPECT_EQ(unwritable.out, "");
}

}  // namespace
}  // namespace gpu_zstd
