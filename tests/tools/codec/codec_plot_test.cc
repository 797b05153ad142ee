// What the picture of a benchmark shows.
#include "tools/codec/codec_plot.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tools/codec/codec_report.h"

namespace gpu_zstd::tools {
namespace {

EngineResult result(const char* engine, bool has_level, uint64_t frame_bytes,
                    double seconds) {
  EngineResult r;
  r.engine = engine;
  r.measures = std::string("time of ") + engine;
  r.has_level = has_level;
  r.raw_bytes = 1'000'000'000;
  r.frame_bytes = frame_bytes;
  r.bulk.seconds = {seconds};
  return r;
}

// Two inputs, on which gpu's ratios are 2 and 8 and its speeds 1 and 4.
std::vector<BenchmarkCell> two_inputs() {
  return {{"a",
           3,
           4096,
           {result("gpu", true, 500'000'000, 1),
            result("nvcomp", false, 250'000'000, 0.5)}},
          {"b",
           3,
           4096,
           {result("gpu", true, 125'000'000, 0.25),
            result("nvcomp", false, 250'000'000, 0.5)}}};
}

TEST(CodecPlot, ShowsMeansOverTheInputsOfTheBlockSize) {
  auto cells = two_inputs();
  cells.push_back({"a", 3, 8192, {result("gpu", true, 100, 9)}});
  const std::string program =
      codec_plot_program(comparable_means(cells, 4096), "it's a title");
  EXPECT_NE(program.find("set title 'it''s a title'"), std::string::npos);
  EXPECT_NE(program.find("$gpu << EOD\n4.00000 2.000000 L3\nEOD\n"),
            std::string::npos)
      << program;
  EXPECT_NE(program.find("$nvcomp << EOD\n4.00000 2.000000 nvcomp\nEOD\n"),
            std::string::npos)
      << program;
  EXPECT_NE(program.find("title 'gpu: time of gpu'"), std::string::npos);
}

TEST(CodecPlot, ReadsBackWhatBenchCodecWrites) {
  const std::string json = json_report(two_inputs(), {}, "bench_codec", "");
  const auto cells = cells_of_json(json, "x.json");
  EXPECT_EQ(codec_plot_program(comparable_means(cells, 4096), "t"),
            codec_plot_program(comparable_means(two_inputs(), 4096), "t"));
}

TEST(CodecPlot, LeavesGeneratedInputsOut) {
  auto cells = two_inputs();
  cells.push_back({"noise", 3, 4096, {result("gpu", true, 1'000'000'000, 9)}});
  cells.back().generated = true;
  const std::string json = json_report(cells, {}, "bench_codec", "");
  EXPECT_EQ(codec_plot_program(
                comparable_means(cells_of_json(json, "x.json"), 4096), "t"),
            codec_plot_program(comparable_means(two_inputs(), 4096), "t"));
}

TEST(CodecPlot, RefusesMeansOverDifferentInputs) {
  auto cells = two_inputs();
  cells[1].engines.pop_back();
  EXPECT_THROW(comparable_means(cells, 4096), std::runtime_error);
  EXPECT_THROW(comparable_means(two_inputs(), 100), std::runtime_error);
}

TEST(CodecPlot, NamesTheFileThatIsNoResult) {
  for (const char* text : {"", "{}", "[1]", R"({"cells": [{"input": 5}]})"}) {
    try {
      cells_of_json(text, "x.json");
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& e) {
      EXPECT_NE(std::string(e.what()).find("x.json is no result"),
                std::string::npos)
          << e.what();
    }
  }
}

}  // namespace
}  // namespace gpu_zstd::tools
