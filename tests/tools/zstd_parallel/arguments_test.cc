#include "tools/zstd_parallel/arguments.h"

#include <gtest/gtest.h>

#include "tools/zstd_parallel/file_jobs.h"
#include "tools/zstd_parallel/help.h"
#include "tools/zstd_parallel/progress_meter.h"
#include "tools/zstd_parallel/strategy_names.h"

namespace gpu_zstd {
namespace {

using Words = std::vector<std::string>;

Arguments parsed(const Words& words) {
  const auto result = parse_arguments(words);
  if (const auto* error = std::get_if<ArgumentError>(&result)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Arguments>(result);
}

std::string error_of(const Words& words) {
  const auto result = parse_arguments(words);
  const auto* error = std::get_if<ArgumentError>(&result);
  return error == nullptr ? "" : error->message;
}

TEST(Arguments, DefaultsAreThoseOfTheZstdCommand) {
  const Arguments a = parsed({});
  EXPECT_EQ(a.mode, Mode::kCompress);
  EXPECT_EQ(a.level, 3);
  EXPECT_TRUE(a.checksum);
  EXPECT_FALSE(a.force);
  EXPECT_FALSE(a.remove_source);
  EXPECT_TRUE(a.inputs.empty());
}

TEST(Arguments, EveryLevelIsANumberFlag) {
  for (int level = 1; level <= 22; ++level) {
    EXPECT_EQ(parsed({std::string("-").append(std::to_string(level))}).level,
              level);
  }
  EXPECT_EQ(parsed({"-3", "-19"}).level, 19) << "the last one counts";
  EXPECT_EQ(parsed({"--fast"}).level, -1);
  EXPECT_EQ(parsed({"--fast=7"}).level, -7);
  EXPECT_EQ(parsed({"--ultra", "-22"}).level, 22);
}

TEST(Arguments, ShortFlagsBundle) {
  const Arguments a = parsed({"-19kfqT4c", "file"});
  EXPECT_EQ(a.level, 19);
  EXPECT_TRUE(a.force);
  EXPECT_EQ(a.verbosity, 1);
  EXPECT_EQ(a.threads, 4u);
  EXPECT_TRUE(a.to_stdout);
  EXPECT_EQ(a.inputs, Words{"file"});
}

TEST(Arguments, ModesAndTheirLongNames) {
  EXPECT_EQ(parsed({"-d"}).mode, Mode::kDecompress);
  EXPECT_EQ(parsed({"--decompress"}).mode, Mode::kDecompress);
  EXPECT_EQ(parsed({"-t"}).mode, Mode::kTest);
  EXPECT_EQ(parsed({"-dz"}).mode, Mode::kCompress);
  EXPECT_EQ(parsed({"--calibrate"}).mode, Mode::kCalibrate);
  EXPECT_EQ(parsed({"-h", "-d"}).mode, Mode::kHelp);
  EXPECT_EQ(parsed({"-d", "-V"}).mode, Mode::kVersion);
}

TEST(Arguments, OutputsAndFilesMixWithFlags) {
  EXPECT_EQ(parsed({"in", "-o", "out", "-9"}).output, "out");
  EXPECT_EQ(parsed({"-oout", "in"}).output, "out");
  EXPECT_EQ(parsed({"-fo", "out", "in"}).output, "out");
  EXPECT_EQ(parsed({"-", "b", "-9", "c"}).inputs, (Words{"-", "b", "c"}));
  EXPECT_EQ(parsed({"--", "-9", "--rm"}).inputs, (Words{"-9", "--rm"}));
}

TEST(Arguments, SettingsOfOurOwn) {
  const Arguments a =
      parsed({"--strategy=pipeline", "--seekable", "--long", "--no-check",
              "--memory=64M", "--no-sync", "--threads=3", "--rm"});
  EXPECT_EQ(a.strategy, BulkStrategy::kPipeline);
  EXPECT_TRUE(a.seekable);
  EXPECT_EQ(a.window_log, 27);
  EXPECT_FALSE(a.checksum);
  EXPECT_EQ(a.memory_bytes, 64u << 20);
  EXPECT_FALSE(a.sync);
  EXPECT_EQ(a.threads, 3u);
  EXPECT_TRUE(a.remove_source);
  EXPECT_EQ(parsed({"--long=25"}).window_log, 25);
  EXPECT_EQ(parsed({"-9B4M", "in"}).frame_bytes, 4u << 20);
  EXPECT_FALSE(parsed({"--rm", "-k"}).remove_source);
}

TEST(Arguments, BenchmarkTakesItsNumbers) {
  const Arguments a = parsed({"-b1", "-e9", "-i5", "--sizes=1M,10M", "--json=j",
                              "--plot=p", "--skip-single-above=100M", "file"});
  EXPECT_EQ(a.mode, Mode::kBenchmark);
  EXPECT_EQ(a.level, 1);
  EXPECT_EQ(a.last_level, 9);
  EXPECT_EQ(a.seconds, 5);
  EXPECT_EQ(a.sizes, (std::vector<size_t>{1 << 20, 10 << 20}));
  EXPECT_EQ(a.single_max_bytes, 100u << 20);
  EXPECT_EQ(a.json, "j");
  EXPECT_EQ(a.plot, "p");
  EXPECT_EQ(parsed({"-b", "file"}).level, 3);
}

TEST(Arguments, MistakesAreNamed) {
  const std::vector<std::pair<Words, std::string>> mistakes = {
      {{"-0"}, "level"},
      {{"-23"}, "level"},
      {{"-99999999999"}, "level"},
      {{"-x"}, "-x"},
      {{"--nonsense"}, "--nonsense"},
      {{"--level=3"}, "--level=3"},
      {{"-T"}, "-T"},
      {{"-T9999"}, "-T"},
      {{"-o"}, "-o"},
      {{"-o", "out", "a", "b"}, "-o"},
      {{"-c", "-o", "out"}, "-c"},
      {{"--long=9"}, "--long"},
      {{"--long=31"}, "--long"},
      {{"--strategy=best"}, "best"},
      {{"--memory=lots"}, "--memory"},
      {{"--sizes=1M,,2M", "-b", "f"}, "--sizes"},
      {{"--fast=0"}, "--fast"},
      {{"-B"}, "-B"},
      {{"-b"}, "-b"},
      {{"-b9", "-e3", "f"}, "-e"}};
  for (const auto& [words, expected] : mistakes) {
    EXPECT_NE(error_of(words).find(expected), std::string::npos)
        << words[0] << ": " << error_of(words);
  }
}

TEST(Arguments, StrategyNamesReadBack) {
  for (const auto strategy :
       {BulkStrategy::kAutomatic, BulkStrategy::kSingle,
        BulkStrategy::kWorkStealing, BulkStrategy::kPipeline}) {
    BulkStrategy read = BulkStrategy::kAutomatic;
    EXPECT_TRUE(parse_strategy(strategy_name(strategy), &read));
    EXPECT_EQ(read, strategy);
  }
}

TEST(OutputName, FollowsTheEndings) {
  EXPECT_EQ(output_name(Mode::kCompress, "a.txt"), "a.txt.zst");
  EXPECT_EQ(output_name(Mode::kDecompress, "d/a.txt.zst"), "d/a.txt");
  EXPECT_EQ(output_name(Mode::kDecompress, "a.tzst"), "a.tar");
  EXPECT_EQ(output_name(Mode::kDecompress, "a.gz"), std::nullopt);
  EXPECT_EQ(output_name(Mode::kDecompress, ".zst"), std::nullopt);
}

TEST(Help, NamesEveryFlag) {
  const std::string help = help_text();
  for (const char* flag :
       {"-1", "-d", "-t", "-o", "-c", "-f", "--rm", "-k", "-T#", "-q", "-v",
        "-b", "--seekable", "--long", "--no-check", "--strategy", "--calibrate",
        "Examples"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
}

TEST(ProgressMeter, ItsLineTellsShareAndSizes) {
  EXPECT_EQ(ProgressMeter::line("f", {512 << 10, 1 << 10, 1 << 20}),
            "f : 512.00 KiB of 1.00 MiB (50%) => 1.00 KiB");
  EXPECT_EQ(ProgressMeter::line("-", {100, 50, 0}), "- : 100 B => 50 B");
}

}  // namespace
}  // namespace gpu_zstd
