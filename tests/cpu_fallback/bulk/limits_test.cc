#include "cpu_fallback/bulk/limits.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

namespace gpu_zstd {
namespace {

using Variables = std::map<std::string, std::string>;

GetVariable getter(const Variables& variables) {
  return [&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(Limits, ComeFromTheMachine) {
  const BulkLimits limits =
      limits_for({16, 16, 2u << 20, 300u << 20, size_t{128} << 30});
  EXPECT_EQ(limits.workers, 16u);
  EXPECT_EQ(limits.work_stealing_max_bytes, 300u << 20);
  EXPECT_EQ(limits.memory_bytes, size_t{32} << 30);
}

TEST(Limits, OfAMachineThatTellsNothingAreUsable) {
  const BulkLimits limits = limits_for({0, 0, 0, 0, 0});
  EXPECT_EQ(limits.workers, 1u);
  EXPECT_GT(limits.memory_bytes, 0u);
}

TEST(Limits, TheEnvironmentOverridesEachField) {
  BulkLimits limits;
  const Variables variables = {{kWorkersVariable, "7"},
                               {kSingleMaxVariable, "512K"},
                               {kStealingMaxVariable, "48M"},
                               {kMemoryVariable, "3G"}};
  ASSERT_TRUE(apply_environment(getter(variables), &limits).ok());
  EXPECT_EQ(limits.workers, 7u);
  EXPECT_EQ(limits.single_max_bytes, 512u << 10);
  EXPECT_EQ(limits.work_stealing_max_bytes, 48u << 20);
  EXPECT_EQ(limits.memory_bytes, size_t{3} << 30);
}

TEST(Limits, ABadVariableIsNamedAndChangesNothing) {
  for (const char* bad : {"x", "-1", "5Q", "1.5", "0", "5000", "4 "}) {
    BulkLimits limits;
    const Variables variables = {{kWorkersVariable, bad},
                                 {kSingleMaxVariable, "5"}};
    const BulkStatus status = apply_environment(getter(variables), &limits);
    EXPECT_EQ(status.error, BulkError::kBadOption) << bad;
    EXPECT_NE(status.message.find(kWorkersVariable), std::string::npos);
    EXPECT_EQ(limits.single_max_bytes, BulkLimits{}.single_max_bytes);
  }
}

TEST(Limits, ABadVariableIsPassedOverByTheDefaults) {
  const BulkLimits machine = limits_for(read_machine());
  setenv(kWorkersVariable, "many", /*overwrite=*/1);
  setenv(kMemoryVariable, "77M", /*overwrite=*/1);
  const BulkLimits limits = default_bulk_limits();
  unsetenv(kWorkersVariable);
  unsetenv(kMemoryVariable);
  EXPECT_EQ(limits.workers, machine.workers);
  EXPECT_EQ(limits.memory_bytes, 77u << 20);
}

TEST(Limits, SizesTakeSuffixesAndNothingElse) {
  size_t bytes = 0;
  EXPECT_TRUE(parse_size("0", &bytes) && bytes == 0);
  EXPECT_TRUE(parse_size("12K", &bytes) && bytes == 12 << 10);
  EXPECT_TRUE(parse_size("2G", &bytes) && bytes == size_t{2} << 30);
  for (const char* bad :
       {"", "K", "1KB", "1k", " 1", "99999999999999999999", "99999999999G"}) {
    EXPECT_FALSE(parse_size(bad, &bytes)) << bad;
  }
}

TEST(ChooseStrategy, FollowsSizeCoresAndWish) {
  const BulkLimits limits{8, 1 << 20, 32 << 20, 1 << 30};
  const auto choose = [&](size_t bytes, size_t frames) {
    return choose_strategy(bytes, frames, BulkStrategy::kAutomatic, limits);
  };
  EXPECT_EQ(choose(1 << 20, 3), BulkStrategy::kSingle);
  EXPECT_EQ(choose((1 << 20) + 1, 3), BulkStrategy::kWorkStealing);
  EXPECT_EQ(choose(32 << 20, 16), BulkStrategy::kWorkStealing);
  EXPECT_EQ(choose((32 << 20) + 1, 17), BulkStrategy::kPipeline);
  EXPECT_EQ(choose(100 << 20, 1), BulkStrategy::kSingle) << "one frame";
  EXPECT_EQ(choose(0, 0), BulkStrategy::kPipeline) << "unknown size";
  const BulkLimits one_core{1, 1 << 20, 32 << 20, 1 << 30};
  EXPECT_EQ(choose_strategy(1 << 30, 99, BulkStrategy::kAutomatic, one_core),
            BulkStrategy::kSingle);
  for (const auto wish : {BulkStrategy::kSingle, BulkStrategy::kWorkStealing,
                          BulkStrategy::kPipeline}) {
    EXPECT_EQ(choose_strategy(5, 1, wish, limits), wish);
  }
}

TEST(Tokens, AreCutToTheMemoryButNeverToNone) {
  const BulkLimits limits{8, 0, 0, 100};
  EXPECT_EQ(tokens_for(1, limits), 13u);
  EXPECT_EQ(tokens_for(20, limits), 5u);
  EXPECT_EQ(tokens_for(1000, limits), 1u);
}

}  // namespace
}  // namespace gpu_zstd
