#include "scheduler/router.h"

#include <gtest/gtest.h>

namespace gpu_zstd {
namespace {

TEST(Router, OffloadGoesToTheCpuForWantOfAGpuEngine) {
  const Route route = choose_route({Mode::kOffload});
  EXPECT_EQ(route.engine, Engine::kCpu);
  EXPECT_EQ(route.reason, RouteReason::kNoGpuEngine);
}

TEST(Router, CpuOnlyIsTheCallersOwnWish) {
  const Route route = choose_route({Mode::kCpuOnly});
  EXPECT_EQ(route.engine, Engine::kCpu);
  EXPECT_EQ(route.reason, RouteReason::kCpuOnlyMode);
}

}  // namespace
}  // namespace gpu_zstd
