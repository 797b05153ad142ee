#include "cpu_fallback/zstd_cpu.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using test::decode_frame;
using test::random_bytes;
using test::text_like;

std::string compress_or_die(ZstdContext& context, const std::string& input,
                            const CpuFrameParams& params) {
  std::string frame(input.size() + 1024, '\0');
  const CpuResult result = context.compress(input, frame, params);
  EXPECT_EQ(result.outcome, CpuOutcome::kCompressed);
  frame.resize(result.frame_bytes);
  return frame;
}

TEST(ZstdContext, FramesDecodeAtEveryLevelAndManySizes) {
  ZstdContext context;
  ASSERT_TRUE(context.valid());
  for (const size_t bytes : {0, 1, 2, 100, 4096, 16384, 131072, 300000}) {
    const std::string input = text_like(bytes, bytes);
    for (const int level : {zstd_min_level(), -1, 1, 3, 9, zstd_max_level()}) {
      const std::string frame = compress_or_die(context, input, {level, false});
      EXPECT_EQ(decode_frame(frame), input)
          << bytes << " bytes at level " << level;
    }
  }
}

TEST(ZstdContext, ChecksumIsThereExactlyWhenAskedFor) {
  ZstdContext context;
  const std::string input = text_like(5000, 1);
  for (const bool wanted : {true, false, true}) {
    const std::string frame = compress_or_die(context, input, {3, wanted});
    EXPECT_EQ(test::has_frame_checksum(frame), wanted);
    EXPECT_EQ(decode_frame(frame), input);
  }
}

TEST(ZstdContext, AReusedContextGivesTheBytesOfAFreshOne) {
  ZstdContext reused;
  for (const int level : {19, 1, 9, 1, -5, 3}) {
    const std::string input = text_like(16384, static_cast<uint64_t>(level));
    ZstdContext fresh;
    EXPECT_EQ(compress_or_die(reused, input, {level, false}),
              compress_or_die(fresh, input, {level, false}));
  }
}

TEST(ZstdContext, NeverWritesBeyondTheOutput) {
  ZstdContext context;
  const std::string input = text_like(2000, 7);
  const size_t need = compress_or_die(context, input, {3, false}).size();
  for (size_t capacity = 0; capacity < need + 64; ++capacity) {
    std::string output(capacity + 32, '\x5a');
    const CpuResult result =
        context.compress(input, std::span(output.data(), capacity), {3, false});
    EXPECT_EQ(output.substr(capacity), std::string(32, '\x5a')) << capacity;
    if (capacity < need) {
      EXPECT_EQ(result.outcome, CpuOutcome::kDoesNotFit) << capacity;
      EXPECT_EQ(result.frame_bytes, 0u);
    } else if (result.outcome == CpuOutcome::kCompressed) {
      EXPECT_EQ(decode_frame({output.data(), result.frame_bytes}), input);
    }
  }
}

TEST(ZstdContext, WorksAfterABlockThatDidNotFit) {
  ZstdContext context;
  const std::string noise = random_bytes(4096, 3);
  std::string small(100, '\0');
  EXPECT_EQ(context.compress(noise, small, {3, false}).outcome,
            CpuOutcome::kDoesNotFit);
  EXPECT_EQ(decode_frame(compress_or_die(context, noise, {3, false})), noise);
}

// libzstd refuses new parameters while a frame is open, and one that did not
// fit stays open: the next file's level then failed on that context for good.
TEST(ZstdContext, TakesOtherParametersAfterABlockThatDidNotFit) {
  ZstdContext context;
  const std::string noise = random_bytes(4096, 6);
  const std::string input = text_like(4096, 6);
  std::string small(64, '\0');
  for (const CpuFrameParams params :
       {CpuFrameParams{1, false}, CpuFrameParams{3, true},
        CpuFrameParams{9, false}, CpuFrameParams{9, true}}) {
    const std::string frame = compress_or_die(context, input, params);
    EXPECT_EQ(decode_frame(frame), input);
    EXPECT_EQ(context.compress(noise, small, params).outcome,
              CpuOutcome::kDoesNotFit);
  }
}

TEST(ZstdContextPool, ReturnedContextsAreUsedAgain) {
  ZstdContextPool pool;
  ZstdContext* first = nullptr;
  {
    const auto lease = pool.lease();
    first = lease.get();
    ASSERT_NE(first, nullptr);
  }
  EXPECT_EQ(pool.lease().get(), first);
}

TEST(ZstdContextPool, LeasesHeldTogetherDiffer) {
  ZstdContextPool pool;
  std::vector<ZstdContextPool::Lease> leases;
  std::set<ZstdContext*> seen;
  for (int i = 0; i < 300; ++i) {  // more than the pool keeps
    leases.push_back(pool.lease());
    ASSERT_NE(leases.back().get(), nullptr);
    seen.insert(leases.back().get());
  }
  EXPECT_EQ(seen.size(), leases.size());
}

TEST(ZstdContextPool, MovedLeaseIsGivenBackOnce) {
  ZstdContextPool pool;
  auto a = pool.lease();
  ZstdContext* const context = a.get();
  auto b = std::move(a);
  EXPECT_EQ(a.get(), nullptr);
  EXPECT_EQ(b.get(), context);
  b = ZstdContextPool::Lease();
  EXPECT_EQ(pool.lease().get(), context);
}

TEST(ZstdContextPool, ThreadsNeverShareAContext) {
  ZstdContextPool pool;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (uint64_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < 100; ++i) {
        const std::string input = text_like(500 + 10 * i, t * 1000 + i);
        const auto lease = pool.lease();
        const std::string frame =
            compress_or_die(*lease.get(), input, {1, false});
        wrong += decode_frame(frame) != input ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace gpu_zstd
