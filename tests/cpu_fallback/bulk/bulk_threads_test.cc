// One codec among many callers, inside TBB tasks, and nested in itself.
#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <thread>

#include "cpu_fallback/bulk/bulk_codec.h"
#include "tests/cpu_fallback/bulk/bulk_test_util.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using test::fixed_limits;
using test::kStrategies;
using test::text_like;

class BulkThreads : public testing::Test {
  test::ManyThreads many_threads_;
};

bool round_trips(BulkCodec& codec, const std::string& raw,
                 BulkStrategy strategy) {
  BulkEncodeOptions options;
  options.level = 1;
  options.strategy = strategy;
  std::string coded(BulkCodec::max_output_bytes(raw.size(), options), '\0');
  const BulkResult encoded = codec.compress(raw, coded, options);
  std::string back(raw.size(), '\0');
  BulkDecodeOptions decode_options;
  decode_options.strategy = strategy;
  const BulkResult decoded =
      codec.decompress({coded.data(), encoded.bytes_out}, back, decode_options);
  return encoded.ok() && decoded.ok() && back == raw;
}

TEST_F(BulkThreads, ManyCallersShareACodec) {
  BulkCodec codec(fixed_limits(3));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 4; ++i) {
        const std::string raw =
            text_like(200000 + 700000 * ((t + i) % 4), 10 * t + i);
        wrong += round_trips(codec, raw, kStrategies[(t + i) % 4]) ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(BulkThreads, CallsFromInsideTbbTasks) {
  BulkCodec codec(fixed_limits(3));
  std::atomic<int> wrong{0};
  tbb::parallel_for(0, 24, [&](int i) {
    const std::string raw = text_like(300000 * (1 + i % 9), i);
    wrong += round_trips(codec, raw, kStrategies[i % 4]) ? 0 : 1;
  });
  EXPECT_EQ(wrong, 0);
}

// A sink that locks what its caller holds would hang if the waiting caller
// took up another call's delivery.
TEST_F(BulkThreads, ASinkMayLockWhatItsCallerHolds) {
  BulkCodec codec(fixed_limits(3));
  std::vector<std::mutex> mutexes(8);
  tbb::parallel_for(0, 8, [&](int i) {
    const std::string raw = text_like(3000000, i);
    BulkEncodeOptions options;
    options.level = 1;
    options.strategy = kStrategies[2 + i % 2];
    size_t bytes = 0;
    const BulkResult result = codec.compress_to(
        raw,
        [&](std::span<const char> piece) {
          const std::lock_guard lock(mutexes[i]);
          bytes += piece.size();
          return true;
        },
        options);
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(bytes, result.bytes_out);
  });
}

TEST_F(BulkThreads, ASinkMayUseTheCodecItself) {
  BulkCodec codec(fixed_limits(3));
  const std::string raw = text_like(4000000, 1);
  for (const auto strategy : kStrategies) {
    BulkEncodeOptions options;
    options.level = 1;
    options.strategy = strategy;
    bool all = true;
    const BulkResult result = codec.compress_to(
        raw,
        [&](std::span<const char> piece) {
          all = all && round_trips(codec, {piece.data(), piece.size()},
                                   BulkStrategy::kPipeline);
          return true;
        },
        options);
    EXPECT_TRUE(result.ok());
    EXPECT_TRUE(all);
  }
}

TEST_F(BulkThreads, CodecsOfDifferentSizesLiveSideBySide) {
  BulkCodec small(fixed_limits(1));
  BulkCodec large(fixed_limits(8));
  const std::string raw = text_like(5000000, 2);
  std::thread other(
      [&] { EXPECT_TRUE(round_trips(small, raw, BulkStrategy::kPipeline)); });
  EXPECT_TRUE(round_trips(large, raw, BulkStrategy::kWorkStealing));
  other.join();
}

}  // namespace
}  // namespace gpu_zstd
