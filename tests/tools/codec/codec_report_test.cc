// What the codec's benchmarks make of their figures.
#include "tools/codec/codec_report.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tools/codec/codec_benchmark.h"
#include "tools/codec/fse_engine.h"
#include "tools/codec/relative_time.h"

namespace gpu_zstd {
namespace {

TEST(CodecReport, ComparesWithTheCpuByGeometricMeans) {
  const auto result = [](const char* engine, uint64_t frame_bytes,
                         double seconds) {
    tools::EngineResult r;
    r.engine = engine;
    r.raw_bytes = 1000;
    r.frame_bytes = frame_bytes;
    r.bulk.seconds = {seconds};
    return r;
  };
  // Ratios of the two engines: 4 to 2, and 1 to 2; speeds: 2 to 1, and 8 to 1.
  const std::vector<tools::BenchmarkCell> cells{
      {"first", 3, 4096, {result("host", 250, 0.5), result("cpu", 500, 1)}},
      {"second", 3, 4096, {result("host", 1000, 1), result("cpu", 500, 8)}}};
  const std::string summary = tools::summary_lines(cells);
  EXPECT_NE(summary.find("ratio +0.00% (worst -50.00%, second), speed x4.00"),
            std::string::npos)
      << summary;
}

// The geometric mean of 2 and 8 microseconds; it was not taken of the first
// input, nor of engine b.
TEST(CodecReport, OneBlockIsOfBlocksThatWereAlone) {
  const auto result = [](const char* engine,
                         std::vector<tools::BatchLatency> latencies) {
    tools::EngineResult r;
    r.engine = engine;
    r.raw_bytes = 1000;
    r.frame_bytes = 500;
    r.bulk.seconds = {1};
    r.latencies = std::move(latencies);
    return r;
  };
  const std::vector<tools::BenchmarkCell> cells{
      {"first", 3, 4096, {result("a", {{64, {{5e-3}}}}), result("b", {})}},
      {"second", 3, 4096, {result("a", {{64, {{1}}}, {1, {{2e-6}}}})}},
      {"third", 3, 4096, {result("a", {{1, {{8e-6}}}, {64, {{1}}}})}}};
  const std::string summary = tools::summary_lines(cells);
  EXPECT_NE(summary.find("a        2.0000     0.0000            4.0\n"),
            std::string::npos)
      << summary;
  EXPECT_NE(summary.find("b        2.0000     0.0000              -\n"),
            std::string::npos)
      << summary;
}

TEST(CodecReport, QuantilesAreOfTheSortedSamples) {
  const tools::Samples samples{{5, 1, 4, 2, 3}};
  EXPECT_EQ(samples.quantile(0), 1);
  EXPECT_EQ(samples.median(), 3);
  EXPECT_EQ(samples.quantile(1), 5);
  EXPECT_EQ(tools::Samples{}.median(), 0);
}

TEST(RelativeTime, IsPerByteAndBesideTheSameEngineLevelAndBlockSize) {
  const auto result = [](const char* engine, uint64_t raw_bytes, double seconds,
                         double block_seconds) {
    tools::EngineResult r;
    r.engine = engine;
    r.raw_bytes = raw_bytes;
    r.bulk.seconds = {seconds};
    r.latencies = {{4, {{seconds}}}, {1, {{block_seconds}}}};
    return r;
  };
  const std::vector<tools::BenchmarkCell> cells{
      {"text", 1, 4096, {result("a", 100, 1, 4), result("b", 100, 2, 4)}},
      {"text", 3, 4096, {result("a", 100, 10, 40)}},
      {"noise", 1, 4096, {result("a", 200, 7, 8), result("b", 200, 4, 2)}},
      {"runs", 3, 4096, {result("a", 100, 25, 20)}},
      {"runs", 3, 8192, {result("a", 100, 25, 20)}}};
  const auto times = tools::relative_times(cells, "text");
  ASSERT_EQ(times.size(), 3u);  // there is no text in blocks of 8192
  EXPECT_EQ(times[0].engine, "a");
  EXPECT_DOUBLE_EQ(times[0].bulk, 3.5);
  EXPECT_DOUBLE_EQ(times[0].block, 2);
  EXPECT_EQ(times[1].engine, "b");
  EXPECT_DOUBLE_EQ(times[1].bulk, 1);
  EXPECT_DOUBLE_EQ(times[1].block, 0.5);
  EXPECT_EQ(times[2].input, "runs");
  EXPECT_DOUBLE_EQ(times[2].bulk, 2.5);
  const std::string lines = tools::relative_lines(times, "text", 3);
  EXPECT_NE(lines.find("level 1, blocks of 4096, a, bulk: 1 of 1 above 3.0; "
                       "slowest: noise 3.50\n"),
            std::string::npos)
      << lines;
  EXPECT_NE(lines.find("level 3, blocks of 4096, a, one block: 0 of 1 above "
                       "3.0; slowest: runs 0.50\n"),
            std::string::npos)
      << lines;
}

TEST(FseEngine, NamesTheFirstSymbolThatDiffers) {
  const std::vector<uint8_t> symbols{1, 2, 3, 4};
  EXPECT_NO_THROW(tools::require_equal_symbols(symbols, symbols));
  const std::vector<uint8_t> other{1, 2, 4, 4};
  const std::vector<uint8_t> shorter{1, 2, 3};
  try {
    tools::require_equal_symbols(symbols, other);
    FAIL() << "took other symbols for the same";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "symbol 2 of 4 was not decoded to itself");
  }
  EXPECT_THROW(tools::require_equal_symbols(symbols, shorter),
               std::runtime_error);
}

}  // namespace
}  // namespace gpu_zstd
