#include "tools/zstd_parallel/benchmark.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/test_data.h"
#include "tools/zstd_parallel/bench_report.h"
#include "tools/zstd_parallel/calibrate.h"

namespace gpu_zstd {
namespace {

BenchmarkCell made_up_cell() {
  BenchmarkCell cell{"in\"put", 3, 1000000, 250000, {}, {}};
  cell.results = {{BulkStrategy::kSingle, {{4, 4, 4}}, {{1}}},
                  {BulkStrategy::kWorkStealing, {{1.0, 1.2, 1.1}}, {{1}}},
                  {BulkStrategy::kPipeline, {{1, 1, 1}}, {{1}}},
                  {BulkStrategy::kAutomatic, {{1.02, 1.02, 9}}, {{0.5}}}};
  return cell;
}

TEST(Timing, MedianAndSpread) {
  EXPECT_DOUBLE_EQ(Timing{{3.0}}.median(), 3);
  EXPECT_DOUBLE_EQ((Timing{{5, 1, 3}}).median(), 3);
  EXPECT_DOUBLE_EQ((Timing{{4, 1, 3, 2}}).median(), 2.5);
  EXPECT_DOUBLE_EQ((Timing{{1, 2, 3, 4, 5}}).spread(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(Timing{}.median(), 0);
  EXPECT_DOUBLE_EQ(Timing{}.spread(), 0);
}

TEST(BenchmarkCell, DerivesItsFigures) {
  const BenchmarkCell cell = made_up_cell();
  EXPECT_DOUBLE_EQ(cell.encode_mb_per_s(BulkStrategy::kPipeline), 1);
  EXPECT_DOUBLE_EQ(cell.decode_mb_per_s(BulkStrategy::kAutomatic), 2);
  EXPECT_DOUBLE_EQ(cell.efficiency(BulkStrategy::kPipeline, 8), 0.5);
  EXPECT_NEAR(cell.automatic_over_best(), 1.02, 1e-9);
}

TEST(SizedInput, RepeatsAndCuts) {
  EXPECT_EQ(sized_input("abc", 7), "abcabca");
  EXPECT_EQ(sized_input("abc", 2), "ab");
  EXPECT_EQ(sized_input("", 2), "");
}

TEST(RunCell, MeasuresEveryStrategyAndChecks) {
  BulkCodec codec(BulkLimits{2, 1000, 1 << 20, 1 << 28});
  BenchmarkPlan plan;
  plan.seconds = 0;
  const std::string raw = test::text_like(3000000, 1);
  const BenchmarkCell cell = run_cell(codec, "text", 1, raw, plan);
  EXPECT_EQ(cell.error, "");
  ASSERT_EQ(cell.results.size(), 4u);
  for (const StrategyResult& result : cell.results) {
    EXPECT_GE(result.encode.seconds.size(), 2u);
    EXPECT_GT(cell.encode_mb_per_s(result.strategy), 0);
  }
  EXPECT_LT(cell.coded_bytes, raw.size() / 2);
}

TEST(RunCell, LeavesSingleOutAboveItsLimit) {
  BulkCodec codec(BulkLimits{2, 1000, 1 << 20, 1 << 28});
  BenchmarkPlan plan;
  plan.seconds = 0;
  plan.single_max_bytes = 1000;
  const BenchmarkCell cell =
      run_cell(codec, "text", 1, test::text_like(5000, 1), plan);
  EXPECT_EQ(cell.results.size(), 3u);
  EXPECT_DOUBLE_EQ(cell.efficiency(BulkStrategy::kPipeline, 2), 0);
  EXPECT_GT(cell.automatic_over_best(), 0);
}

TEST(Report, JsonHoldsEveryRunAndEscapes) {
  const BenchmarkRun run{{}, {}, "zstd_parallel -b", {made_up_cell()}};
  const nlohmann::json read = nlohmann::json::parse(to_json(run));
  const nlohmann::json& cell = read.at("cells").at(0);
  EXPECT_EQ(cell.at("input"), "in\"put");
  EXPECT_DOUBLE_EQ(cell.at("automatic_over_best"), 1.02);
  const nlohmann::json runs = cell.at("strategies").at("auto").at("encode_s");
  EXPECT_EQ(runs, nlohmann::json({1.02, 1.02, 9}));
}

TEST(Report, TheTableTellsSpeedAndNoise) {
  const std::string line = table_line(made_up_cell(), 8);
  EXPECT_NE(line.find("4.000"), std::string::npos) << "ratio";
  EXPECT_NE(line.find("1.020"), std::string::npos) << "automatic over best";
}

TEST(Report, ThePlotDrawsEachPanelWithItsData) {
  BenchmarkRun run{{}, {}, "", {made_up_cell(), made_up_cell()}};
  run.cells[1].level = 9;
  const std::string script = to_gnuplot(run, "x.svg");
  EXPECT_NE(script.find("set output 'x.svg'"), std::string::npos);
  EXPECT_NE(script.find("level 3"), std::string::npos);
  EXPECT_NE(script.find("level 9"), std::string::npos);
  EXPECT_NE(script.find("$data1 << EOD"), std::string::npos);
}

TEST(BestThreshold, LiesWhereTheStrategiesMeet) {
  EXPECT_EQ(best_threshold({{1, 1, 2}, {2, 2, 2.5}, {4, 4, 3}, {8, 8, 4}}), 2u);
  EXPECT_EQ(best_threshold({{1, 2, 1}, {2, 3, 1}}), 0u) << "never the small";
  EXPECT_EQ(best_threshold({{1, 1, 2}, {2, 1, 2}}), 2u) << "always the small";
  EXPECT_EQ(best_threshold({{1, 1, 2}, {2, 2.02, 2}, {4, 2, 4}, {8, 9, 4}}), 4u)
      << "a tie in between does not end it";
  EXPECT_EQ(best_threshold({}), 0u);
}

TEST(Settings, AreWhatTheEnvironmentReads) {
  BulkLimits limits;
  limits.workers = 5;
  limits.single_max_bytes = 77;
  const std::string text = settings_text(limits);
  EXPECT_NE(text.find(std::string(kWorkersVariable) + "=5\n"),
            std::string::npos);
  EXPECT_NE(text.find(std::string(kSingleMaxVariable) + "=77\n"),
            std::string::npos);
}

}  // namespace
}  // namespace gpu_zstd
