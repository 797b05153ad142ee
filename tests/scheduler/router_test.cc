#include "scheduler/router.h"

#include <gtest/gtest.h>

#include <string>

namespace gpu_zstd {
namespace {

// Both engines known, the GPU twice as quick.
RouteInput usual() {
  return {.mode = Mode::kOffload,
          .has_gpu_engine = true,
          .forked = false,
          .device = DeviceState::kReady,
          .input_bytes = 16384,
          .level = 3,
          .min_block_bytes = 1024,
          .gpu_ns = 50000,
          .cpu_ns = 100000,
          .gpu_cpu_ns = 20000,
          .overlap = 1,
          .callers = 1,
          .processors = 16,
          .has_queue = false,
          .turn = 1};
}

struct Row {
  const char* name;
  void (*change)(RouteInput&);
  Engine engine;
  RouteReason reason;
};

constexpr Engine kCpu = Engine::kCpu;
constexpr Engine kGpu = Engine::kGpu;

const Row kRows[] = {
    {"Usual", [](RouteInput&) {}, kGpu, RouteReason::kServed},
    {"CpuOnly", [](RouteInput& in) { in.mode = Mode::kCpuOnly; }, kCpu,
     RouteReason::kCpuOnlyMode},
    {"CpuOnlyWithoutEngine",
     [](RouteInput& in) {
       in.mode = Mode::kCpuOnly;
       in.has_gpu_engine = false;
     },
     kCpu, RouteReason::kCpuOnlyMode},
    {"NoEngine", [](RouteInput& in) { in.has_gpu_engine = false; }, kCpu,
     RouteReason::kNoGpuEngine},
    {"NoEngineGpuOnly",
     [](RouteInput& in) {
       in.has_gpu_engine = false;
       in.mode = Mode::kGpuOnly;
     },
     kCpu, RouteReason::kNoGpuEngine},
    {"Forked", [](RouteInput& in) { in.forked = true; }, kCpu,
     RouteReason::kForked},
    {"NotStarted", [](RouteInput& in) { in.device = DeviceState::kNotStarted; },
     kCpu, RouteReason::kStarting},
    {"Starting", [](RouteInput& in) { in.device = DeviceState::kStarting; },
     kCpu, RouteReason::kStarting},
    {"Absent", [](RouteInput& in) { in.device = DeviceState::kAbsent; }, kCpu,
     RouteReason::kNoDevice},
    {"BackingOff", [](RouteInput& in) { in.device = DeviceState::kBackingOff; },
     kCpu, RouteReason::kUnhealthy},
    {"SetAside", [](RouteInput& in) { in.device = DeviceState::kSetAside; },
     kCpu, RouteReason::kUnhealthy},
    {"SetAsideGpuOnly",
     [](RouteInput& in) {
       in.device = DeviceState::kSetAside;
       in.mode = Mode::kGpuOnly;
     },
     kCpu, RouteReason::kUnhealthy},
    {"NegativeLevel", [](RouteInput& in) { in.level = -1; }, kCpu,
     RouteReason::kLevelNotServed},
    {"LevelAbove", [](RouteInput& in) { in.level = 23; }, kCpu,
     RouteReason::kLevelNotServed},
    {"HighestLevel", [](RouteInput& in) { in.level = 22; }, kGpu,
     RouteReason::kServed},
    {"Small", [](RouteInput& in) { in.input_bytes = 1023; }, kCpu,
     RouteReason::kSmallBlock},
    {"JustNotSmall", [](RouteInput& in) { in.input_bytes = 1024; }, kGpu,
     RouteReason::kServed},
    {"Empty", [](RouteInput& in) { in.input_bytes = in.min_block_bytes = 0; },
     kCpu, RouteReason::kSmallBlock},
    {"SmallGpuOnly",
     [](RouteInput& in) {
       in.input_bytes = 1023;
       in.mode = Mode::kGpuOnly;
     },
     kCpu, RouteReason::kSmallBlock},
    {"LargestServed",
     [](RouteInput& in) { in.input_bytes = kMaxGpuBlockBytes; }, kGpu,
     RouteReason::kServed},
    {"Large", [](RouteInput& in) { in.input_bytes = kMaxGpuBlockBytes + 1; },
     kCpu, RouteReason::kLargeBlock},
    {"SlowGpu", [](RouteInput& in) { in.gpu_ns = 100001; }, kCpu,
     RouteReason::kBusy},
    {"EqualGpu", [](RouteInput& in) { in.gpu_ns = 100000; }, kGpu,
     RouteReason::kServed},
    {"SlowGpuButTwiceAsManyCallersAsProcessors",
     [](RouteInput& in) {
       in.gpu_ns = 200000;
       in.callers = 32;
     },
     kGpu, RouteReason::kServed},
    {"SlowGpuThatNobodyWaitsFor",
     [](RouteInput& in) {
       in.gpu_ns = 400000;
       in.overlap = 16;
       in.callers = 8;
     },
     kGpu, RouteReason::kServed},
    {"GpuTooSlowForTheThreads",
     [](RouteInput& in) {
       in.gpu_ns = 400016;
       in.overlap = 16;
       in.callers = 8;
     },
     kCpu, RouteReason::kBusy},
    {"TooFewThreadsForTheGpu",
     [](RouteInput& in) {
       in.gpu_ns = 400000;
       in.overlap = 15;
       in.callers = 8;
     },
     kCpu, RouteReason::kBusy},
    {"SlowGpuThatJustSavesCpu",
     [](RouteInput& in) {
       in.gpu_ns = 200000;
       in.overlap = 16;
       in.callers = 8;
       in.gpu_cpu_ns = 75000;
     },
     kGpu, RouteReason::kServed},
    {"SlowGpuThatHardlySavesCpu",
     [](RouteInput& in) {
       in.gpu_ns = 200000;
       in.overlap = 16;
       in.callers = 8;
       in.gpu_cpu_ns = 75001;
     },
     kCpu, RouteReason::kBusy},
    {"SlowGpuOfUnknownCpuTime",
     [](RouteInput& in) {
       in.gpu_ns = 200000;
       in.overlap = 16;
       in.callers = 8;
       in.gpu_cpu_ns = 0;
     },
     kCpu, RouteReason::kBusy},
    {"QuickGpuThatTakesMuchCpu", [](RouteInput& in) { in.gpu_cpu_ns = 200000; },
     kGpu, RouteReason::kServed},
    {"SlowGpuThatNobodyWaitsForMeasuresTheCpu",
     [](RouteInput& in) {
       in.gpu_ns = 400000;
       in.overlap = 16;
       in.callers = 8;
       in.turn = kMeasureOneIn;
     },
     kCpu, RouteReason::kMeasuring},
    {"SlowGpuThatNobodyWaitsForWithAQueue",
     [](RouteInput& in) {
       in.gpu_ns = 400000;
       in.overlap = 16;
       in.callers = 8;
       in.has_queue = true;
       in.mode = Mode::kThroughput;
     },
     kCpu, RouteReason::kBusy},
    {"SlowGpuThatFewCallersWouldUse",
     [](RouteInput& in) {
       in.gpu_ns = 400000;
       in.overlap = 16;
       in.callers = 7;
     },
     kCpu, RouteReason::kBusy},
    {"NoOverlapKnown",
     [](RouteInput& in) {
       in.gpu_ns = 100001;
       in.overlap = 0;
       in.callers = 8;
     },
     kCpu, RouteReason::kBusy},
    {"SlowGpuGpuOnly",
     [](RouteInput& in) {
       in.gpu_ns = 100001;
       in.mode = Mode::kGpuOnly;
     },
     kGpu, RouteReason::kServed},
    {"SlowGpuMeasured",
     [](RouteInput& in) {
       in.gpu_ns = 100001;
       in.turn = kMeasureOneIn;
     },
     kGpu, RouteReason::kMeasuring},
    {"MuchSlowerGpuNotMeasured",
     [](RouteInput& in) {
       in.gpu_ns = 1000000;
       in.turn = 9 * kMeasureOneIn;
     },
     kCpu, RouteReason::kBusy},
    {"MuchSlowerGpuMeasured",
     [](RouteInput& in) {
       in.gpu_ns = 1000000;
       in.turn = 10 * kMeasureOneIn;
     },
     kGpu, RouteReason::kMeasuring},
    {"EndlesslySlowGpuMeasured",
     [](RouteInput& in) {
       in.gpu_ns = ~uint64_t{0};
       in.turn = 1u << 20;
     },
     kGpu, RouteReason::kMeasuring},
    {"QuickGpuDoesNotMeasureTheCpu",
     [](RouteInput& in) { in.turn = kMeasureOneIn; }, kGpu,
     RouteReason::kServed},
    {"QuickGpuMeasuresTheCpu",
     [](RouteInput& in) { in.turn = 2 * kMeasureOneIn; }, kCpu,
     RouteReason::kMeasuring},
    {"UnknownCpu", [](RouteInput& in) { in.cpu_ns = 0; }, kCpu,
     RouteReason::kMeasuring},
    {"UnknownGpu", [](RouteInput& in) { in.gpu_ns = 0; }, kGpu,
     RouteReason::kMeasuring},
    {"QueueOffload", [](RouteInput& in) { in.has_queue = true; }, kGpu,
     RouteReason::kServed},
    {"QueueThroughput",
     [](RouteInput& in) {
       in.has_queue = true;
       in.mode = Mode::kThroughput;
     },
     kCpu, RouteReason::kBusy},
    {"NoQueueThroughput", [](RouteInput& in) { in.mode = Mode::kThroughput; },
     kGpu, RouteReason::kServed},
    {"NoProcessorsKnown",
     [](RouteInput& in) {
       in.processors = 0;
       in.callers = 0;
     },
     kGpu, RouteReason::kServed},
};

class Router : public testing::TestWithParam<Row> {};

TEST_P(Router, Chooses) {
  RouteInput in = usual();
  GetParam().change(in);
  const Route route = choose_route(in);
  EXPECT_EQ(static_cast<int>(route.engine),
            static_cast<int>(GetParam().engine));
  EXPECT_EQ(static_cast<int>(route.reason),
            static_cast<int>(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(Rows, Router, testing::ValuesIn(kRows),
                         [](const auto& row) {
                           return std::string(row.param.name);
                         });

}  // namespace
}  // namespace gpu_zstd
