// Figures, table, JSON and picture of a comparison.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tools/compare/human.h"
#include "tools/compare/plot.h"
#include "tools/compare/report.h"
#include "tools/compare/summary.h"
#include "tools/compare/table.h"

namespace gpu_zstd::compare {
namespace {

constexpr Cell kReference{.reference = true, .block_size = 16384};
constexpr Cell kCell{.level = 3, .block_size = 16384};

// 10^6 raw bytes, written and compacted in so many milliseconds.
RunResult run_of(const Cell& cell, Variant variant, int repeat, uint64_t ms) {
  RunResult run;
  run.spec = {cell, variant, repeat};
  run.flush = {ms * 1'000'000, 2'000'000};
  run.compaction = {2 * ms * 1'000'000, 4'000'000};
  run.raw_bytes = 1'000'000;
  run.sst_bytes = 250'000;
  run.blocks = {.cpu = 62, .gpu = 1, .does_not_fit = 0, .failed = 0};
  run.verified_keys = 2400;
  return run;
}

std::vector<RunResult> some_runs() {
  return {run_of(kReference, Variant::kNone, 0, 1),
          run_of(kCell, Variant::kBuiltin, 0, 10),
          run_of(kCell, Variant::kGpuZstd, 0, 5),
          run_of(kCell, Variant::kGpuZstd, 1, 20),
          run_of(kCell, Variant::kBuiltin, 1, 20)};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Summary, MedianAndSpread) {
  const Spread odd = spread_of({5, 1, 3});
  EXPECT_EQ(odd.median, 3);
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.max, 5);
  EXPECT_EQ(spread_of({4, 1, 2, 9}).median, 3);
  EXPECT_EQ(spread_of({7}).median, 7);
}

TEST(Summary, FiguresOfARun) {
  const RunResult run = run_of(kCell, Variant::kBuiltin, 0, 10);
  EXPECT_DOUBLE_EQ(mb_per_s(run, run.flush), 100);
  EXPECT_DOUBLE_EQ(mb_per_s(run, run.compaction), 50);
  EXPECT_DOUBLE_EQ(cpu_ns_per_byte(run, run.compaction), 4);
  EXPECT_DOUBLE_EQ(ratio_of(run), 4);
}

TEST(Summary, PairsAreOfTheSameRepeat) {
  const std::vector<CellSummary> cells = summarize(some_runs());
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_FALSE(cells[0].pair.has_value());
  ASSERT_TRUE(cells[1].pair.has_value());
  EXPECT_DOUBLE_EQ(cells[1].pair->flush_speed.max, 2);  // 5 ms against 10
  EXPECT_DOUBLE_EQ(cells[1].pair->flush_speed.min, 1);
  EXPECT_DOUBLE_EQ(cells[1].pair->flush_speed.median, 1.5);
  ASSERT_EQ(cells[1].sides.size(), 2U);
  EXPECT_EQ(cells[1].sides[0].variant, Variant::kBuiltin);
  EXPECT_EQ(cells[1].sides[1].runs, 2);
}

TEST(Table, HasALineForEachSideAndTheirQuotient) {
  const std::string table = format_table(summarize(some_runs()));
  EXPECT_TRUE(has(table, "none")) << table;
  EXPECT_TRUE(has(table, "builtin"));
  EXPECT_TRUE(has(table, "[50.0..200.0]"));
  EXPECT_TRUE(has(table, "1.500x"));
  EXPECT_TRUE(has(table, "62"));
  EXPECT_FALSE(has(table, "threads"));
  std::vector<RunResult> runs = some_runs();
  runs.back().spec.cell.parallel_threads = 4;
  EXPECT_TRUE(has(format_table(summarize(runs)), "threads"));
}

TEST(Report, JsonHasItsSchema) {
  Report report;
  report.date = "2026-01-02T03:04:05Z";
  report.command = {"compare_compression", "--levels=3"};
  report.input.sources = {"/some \"path\""};
  report.runs = some_runs();
  report.cells = summarize(report.runs);
  const test::TempDir dir;
  test::write_file(dir / "report.json", to_json(report));
  const char* const check =
      "import json, sys\n"
      "r = json.load(open(sys.argv[1]))\n"
      "assert r['schema'] == 'gpu_zstd.compare_compression/1'\n"
      "assert set(r) == {'schema', 'date', 'command', 'machine', 'versions',"
      " 'input', 'settings', 'cells', 'runs'}, set(r)\n"
      "assert r['input']['sources'] == ['/some \"path\"']\n"
      "none, cell = r['cells']\n"
      "assert none['level'] is None and 'gpu_zstd_over_builtin' not in none\n"
      "assert [s['codec'] for s in cell['sides']] == ['builtin', 'GpuZstd']\n"
      "assert cell['gpu_zstd_over_builtin']['flush_speed'] == "
      "{'median': 1.5, 'min': 1, 'max': 2}\n"
      "run = r['runs'][1]\n"
      "assert run['flush'] == {'wall_ns': 10000000, 'cpu_ns': 2000000}\n"
      "assert run['blocks'] == {'cpu': 62, 'gpu': 1, 'does_not_fit': 0, "
      "'failed': 0}\n"
      "assert run['verified_keys'] == 2400 and run['repeat'] == 0\n";
  const test::ProgramResult result =
      test::Program({"python3", "-c", check, dir / "report.json"}, dir.path())
          .wait();
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

TEST(Plot, ProgramQuotesWhatItIsGiven) {
  const std::string program =
      gnuplot_program(summarize(some_runs()), "it's a title");
  EXPECT_TRUE(has(program, "title 'it''s a title'"));
  EXPECT_TRUE(has(program, "'GpuZstd, 16 KB blocks'"));
}

TEST(Human, Durations) {
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(185), "3 min 05 s");
  EXPECT_EQ(duration_text(7620), "2 h 07 min");
}

}  // namespace
}  // namespace gpu_zstd::compare
