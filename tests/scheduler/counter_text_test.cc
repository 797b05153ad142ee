#include "scheduler/counter_text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

CounterSnapshot some_counters() {
  Counters counters;
  for (int i = 0; i < 3; ++i) {
    counters.record({.engine = Engine::kCpu,
                     .reason = RouteReason::kNoGpuEngine,
                     .outcome = Outcome::kCompressed,
                     .input_bytes = 4096,
                     .frame_bytes = 1500,
                     .elapsed_ns = 40000});
  }
  counters.record_skip(SkipReason::kOtherType, 4000);
  counters.record_event(Event::kBatchHung);
  counters.record_batch(3, 2000);
  counters.record_batch_time(80000);
  return counters.snapshot();
}

TEST(RocksdbText, EveryLineHasTheFormOfRocksdbStatistics) {
  const std::regex ticker(R"(gpu_zstd(\.[a-z_]+)+ COUNT : [0-9]+)");
  const std::regex histogram(
      R"(gpu_zstd(\.[a-z_]+)+ P50 : [0-9.]+ P95 : [0-9.]+ P99 : [0-9.]+ )"
      R"(P100 : [0-9.]+ COUNT : [0-9]+ SUM : [0-9]+)");
  std::istringstream text(to_rocksdb_text(some_counters()));
  std::set<std::string> names;
  size_t lines = 0;
  for (std::string line; std::getline(text, line); ++lines) {
    EXPECT_TRUE(std::regex_match(line, ticker) ||
                std::regex_match(line, histogram))
        << line;
    names.insert(line.substr(0, line.find(' ')));
  }
  EXPECT_GT(lines, 0u);
  EXPECT_EQ(names.size(), lines) << "each name once";
}

TEST(RocksdbText, HoldsTheNumbers) {
  const std::string text = to_rocksdb_text(some_counters());
  for (const char* line :
       {"gpu_zstd.cpu.blocks.route.no_gpu_engine COUNT : 3\n",
        "gpu_zstd.cpu.bytes.compressed COUNT : 12288\n",
        "gpu_zstd.cpu.bytes.frames COUNT : 4500\n",
        "gpu_zstd.gpu.blocks.compressed COUNT : 0\n",
        "gpu_zstd.gpu.batches_hung COUNT : 1\n",
        "gpu_zstd.gpu.batch.blocks P50 : 3.000000 P95 : 3.000000 ",
        "gpu_zstd.gpu.round_trip.micros P50 : 80.000000 ",
        "gpu_zstd.blocks.skipped.other_type COUNT : 1\n",
        "gpu_zstd.bytes.skipped.other_type COUNT : 4000\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(PrometheusText, FollowsTheExpositionFormat) {
  const std::regex sample(
      R"(([a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+)");
  const std::regex comment(R"(# (HELP|TYPE) ([a-z_]+) .+)");
  std::istringstream text(to_prometheus_text(some_counters()));
  std::set<std::string> declared;
  std::set<std::string> samples;
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (std::regex_match(line, match, comment)) {
      declared.insert(match[2]);
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
    const std::string family =
        std::regex_replace(match[1].str(), std::regex("_(sum|count)$"), "");
    EXPECT_TRUE(declared.contains(family)) << line << ": no TYPE before it";
    EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second)
        << "twice: " << line;
  }
  EXPECT_GT(samples.size(), 0u);
}

TEST(PrometheusText, HoldsTheNumbers) {
  const std::string text = to_prometheus_text(some_counters());
  for (const char* line :
       {"gpu_zstd_blocks_total{engine=\"cpu\",outcome=\"compressed\"} 3\n",
        "gpu_zstd_routed_bytes_total{engine=\"cpu\",reason=\"no_gpu_engine\"} "
        "12288\n",
        "gpu_zstd_device_events_total{event=\"batches_hung\"} 1\n",
        "gpu_zstd_batch_blocks_sum 3.000000000\n",
        "gpu_zstd_round_trip_seconds_count 1\n",
        "gpu_zstd_skipped_blocks_total{reason=\"other_type\"} 1\n",
        "gpu_zstd_compress_seconds_count{engine=\"cpu\"} 3\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

// The program around us may have asked for a locale with a decimal comma.
class CommaLocale : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(dir_ / "source") << "LC_NUMERIC\ndecimal_point \",\"\n"
                                      "thousands_sep \"\"\ngrouping -1\n"
                                      "END LC_NUMERIC\n";
    const std::string folder = dir_.path().string();
    // Ends with 1 even so: the other categories have warnings.
    static_cast<void>(std::system(("localedef -c -i " + folder + "/source " +
                                   "--no-archive " + folder + "/comma 2> " +
                                   folder + "/errors")
                                      .c_str()));
    setenv("LOCPATH", folder.c_str(), 1);
    if (std::setlocale(LC_NUMERIC, "comma") == nullptr) {
      GTEST_SKIP() << "no localedef command, or not glibc's";
    }
    ASSERT_STREQ(std::localeconv()->decimal_point, ",");
  }
  void TearDown() override { std::setlocale(LC_NUMERIC, "C"); }

  test::TempDir dir_;
};

TEST_F(CommaLocale, ChangesNoText) {
  Counters counters;
  for (uint64_t i = 1; i <= 100; ++i) {
    counters.record_batch_time(i * 1'000'000);
  }
  const CounterSnapshot snapshot = counters.snapshot();
  const std::string rocksdb_text = to_rocksdb_text(snapshot);
  const std::string prometheus_text = to_prometheus_text(snapshot);
  EXPECT_EQ(rocksdb_text.find(','), std::string::npos) << rocksdb_text;
  std::setlocale(LC_NUMERIC, "C");
  EXPECT_EQ(rocksdb_text, to_rocksdb_text(snapshot));
  EXPECT_EQ(prometheus_text, to_prometheus_text(snapshot));
}

}  // namespace
}  // namespace gpu_zstd
