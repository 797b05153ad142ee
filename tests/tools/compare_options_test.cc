// What can be asked of a comparison, and which runs it makes of it.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "rocksdb/advanced_compression.h"
#include "tools/compare/error.h"
#include "tools/compare/options.h"
#include "tools/compare/schedule.h"
#include "tools/compare/variant.h"

namespace gpu_zstd::compare {
namespace {

std::string usage_message(const std::function<void()>& work) {
  try {
    work();
  } catch (const CompareError& error) {
    EXPECT_EQ(error.exit_status(), kExitUsage);
    return error.what();
  }
  return "no error";
}

bool refused(const std::string& levels) {
  return usage_message([&] { parse_levels("levels", levels); }) != "no error";
}

TEST(CompareOptions, NumbersWithCommas) {
  EXPECT_EQ(parse_numbers("n", "1,20,3", 1, 20),
            (std::vector<int64_t>{1, 20, 3}));
  EXPECT_EQ(parse_levels("levels", "-5,22"), (std::vector<int>{-5, 22}));
}

TEST(CompareOptions, LevelsThatZstdDoesNotHave) {
  for (const char* levels : {"0", "99", "23", "1,99", "-131073", "", "1,", ",1",
                             "1,,3", "three", "3x", "1.5", " 1"}) {
    EXPECT_TRUE(refused(levels)) << levels;
  }
}

TEST(CompareOptions, ErrorsNameFlagValueAndExpectation) {
  EXPECT_EQ(usage_message([] { parse_levels("levels", "1,99"); }),
            "--levels=1,99: 99 is out of range; expected numbers from -131072 "
            "to 22");
  EXPECT_EQ(usage_message([] { parse_numbers("threads", "2,2", 1, 4); }),
            "--threads=2,2: 2 occurs twice");
  EXPECT_EQ(usage_message([] { checked("repeats", 0, 1, 9); }),
            "--repeats=0: expected a number from 1 to 9");
  EXPECT_EQ(usage_message([] { parse_record_rule("records", "csv"); }),
            "--records=csv: expected 'fixed' or 'lines'");
}

TEST(CompareOptions, PluginOptionsThatWouldMakeTheSidesUnequal) {
  const auto message = [](const std::string& text) {
    return usage_message([&] { check_gpu_zstd_options("o", text); });
  };
  EXPECT_EQ(message(""), "no error");
  EXPECT_EQ(message("mode=cpu_only"), "no error");
  EXPECT_NE(message("level=9").find("set it with --levels"), std::string::npos);
  EXPECT_NE(message("mode=cpu_only;parallel_threads=4")
                .find("set it with --parallel_threads"),
            std::string::npos);
  EXPECT_NE(message("no_such_option=1"), "no error");
  EXPECT_NE(message("mode=no_such_mode"), "no error");
}

TEST(CompareOptions, EveryCombinationIsACellAndEveryBlockSizeHasAReference) {
  CompareOptions options;
  options.levels = {1, 3};
  options.block_sizes = {4096, 16384};
  options.parallel_threads = {1, 2};
  options.subcompactions = {1};
  const std::vector<Cell> cells = cells_of(options);
  ASSERT_EQ(cells.size(), 2U * (1 + 2 * 2));
  EXPECT_TRUE(cells[0].reference);
  EXPECT_EQ(cells[1], (Cell{.level = 1, .block_size = 4096}));
  EXPECT_TRUE(cells[5].reference);
  EXPECT_EQ(cells[5].block_size, 16384U);
}

TEST(Schedule, SidesOfAPairAreNeighboursAndTakeTurns) {
  const std::vector<RunSpec> runs =
      make_schedule({{.reference = true, .block_size = 4096},
                     {.level = 3, .block_size = 4096}},
                    3);
  ASSERT_EQ(runs.size(), 7U);
  EXPECT_EQ(runs[0].variant, Variant::kNone);
  const std::vector<Variant> expected{Variant::kBuiltin, Variant::kGpuZstd,
                                      Variant::kGpuZstd, Variant::kBuiltin,
                                      Variant::kBuiltin, Variant::kGpuZstd};
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(runs[i + 1].variant, expected[i]);
    EXPECT_EQ(runs[i + 1].repeat, static_cast<int>(i / 2));
  }
}

TEST(Variants, DifferInTheManagerOnly) {
  const Cell cell{.level = 7, .block_size = 4096, .parallel_threads = 2};
  rocksdb::Options builtin;
  rocksdb::Options gpu_zstd;
  ASSERT_TRUE(set_compression(Variant::kBuiltin, cell, "", &builtin).ok());
  ASSERT_TRUE(set_compression(Variant::kGpuZstd, cell, "", &gpu_zstd).ok());
  EXPECT_EQ(builtin.compression_manager, nullptr);
  ASSERT_NE(gpu_zstd.compression_manager, nullptr);
  EXPECT_STREQ(gpu_zstd.compression_manager->Name(), "GpuZstd");
  for (const rocksdb::Options* options : {&builtin, &gpu_zstd}) {
    EXPECT_EQ(options->compression, rocksdb::kZSTD);
    EXPECT_EQ(options->compression_opts.level, 7);
    EXPECT_EQ(options->compression_opts.parallel_threads, 2U);
  }
}

}  // namespace
}  // namespace gpu_zstd::compare
