// Flushes and compactions over a simulated GPU that fails in every way: all
// operations of the database succeed, and a RocksDB without the plugin reads
// the same data.

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "rocksdb_glue/compression_manager.h"
#include "rocksdb_glue/statistics.h"
#include "scheduler/scheduler.h"
#include "scheduler/sim_device.h"
#include "tests/rocksdb_glue/test_db.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

constexpr uint64_t kAlways = SimScript::kAlways;

struct Trouble {
  const char* name;
  std::vector<SimFault> faults;
  std::vector<SimBatchDamage> damages;
};

const Trouble kTroubles[] = {
    {"None", {}, {}},
    {"Absent", {{SimCall::kOpen, 0, kAlways, Fault::kAbsent}}, {}},
    {"NoMemory", {{SimCall::kAllocatePinned, 0, 2, Fault::kTransient}}, {}},
    {"Busy", {{SimCall::kSubmit, 3, 5, Fault::kTransient}}, {}},
    {"Sticky", {{SimCall::kSubmit, 4, kAlways, Fault::kSticky}}, {}},
    {"LostBatch", {{SimCall::kPoll, 20, kAlways, Fault::kSticky}}, {}},
    {"Hang", {}, {{2, 1, SimDamage::kHold}}},
    {"HangsForEver", {}, {{2, kAlways, SimDamage::kHold}}},
    {"FlippedBits", {}, {{2, kAlways, SimDamage::kFlipBit}}},
    {"Swapped", {}, {{2, 5, SimDamage::kSwap}}},
    {"Stale", {}, {{2, 2, SimDamage::kStale}}},
    {"HugeSizes", {}, {{2, 1, SimDamage::kHugeBytes}}},
    {"Overrun", {}, {{2, 1, SimDamage::kOverrun}}},
};

// The process's scheduler is one over a simulated GPU.
class OverSimulatedGpu : public testing::Test {
 protected:
  void start(const Trouble& trouble) {
    script_->faults = trouble.faults;
    script_->damages = trouble.damages;
    SchedulerOptions options;
    options.engine.back_off_ns = 1'000'000;
    options.engine.deadline_ns = 200'000'000;
    Devices devices;
    devices.push_back(make_sim_device(script_));
    scheduler_ = std::make_unique<Scheduler>(std::move(devices), options);
    Scheduler::replace_shared(scheduler_.get());
    scheduler_->start_devices();
    while (scheduler_->device_state() == DeviceState::kStarting) {
      std::this_thread::yield();
    }
  }
  void TearDown() override {
    Scheduler::replace_shared(nullptr);
    scheduler_.reset();
  }

  std::shared_ptr<SimScript> script_ = std::make_shared<SimScript>();
  std::unique_ptr<Scheduler> scheduler_;
};

class FaultyGpu : public OverSimulatedGpu,
                  public testing::WithParamInterface<Trouble> {
 protected:
  void SetUp() override { start(GetParam()); }
};

class CloseInMidBatch : public OverSimulatedGpu {
 protected:
  void SetUp() override {
    start({"HoldsAll", {}, {{0, kAlways, SimDamage::kHold}}});
  }
};

TEST_P(FaultyGpu, TheDatabaseDoesNotNotice) {
  constexpr int kKeys = 1200;
  test::TempDir dir;
  rocksdb::Options options = test::small_db_options();
  ASSERT_TRUE(enable_gpu_zstd({.level = 1, .mode = "gpu_only"}, &options).ok());
  options.max_subcompactions = 2;
  std::unique_ptr<rocksdb::DB> db;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir / "db", &db).ok());
  for (int part = 0; part < 3; ++part) {
    test::fill(*db, part * kKeys / 3, kKeys / 3);
    ASSERT_TRUE(db->Flush({}).ok());
  }
  rocksdb::CompactRangeOptions rewrite;
  rewrite.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db->CompactRange(rewrite, nullptr, nullptr).ok());
  ASSERT_TRUE(db->VerifyChecksum().ok());
  std::string value;
  ASSERT_TRUE(db->Get({}, "key000000000007", &value).ok());
  ASSERT_TRUE(db->Put({}, "key000000000007", value).ok());
  ASSERT_TRUE(db->Close().ok());
  db.reset();
  EXPECT_EQ(test::scan_with_stock_rocksdb(dir / "db"),
            test::expected_scan(kKeys));
  const CounterSnapshot counted = statistics();
  EXPECT_EQ(counted.outcome(Engine::kCpu, Outcome::kEngineFailed).blocks, 0u);
  const bool served = counted.blocks_by(Engine::kGpu) > 0;
  EXPECT_EQ(served, std::string(GetParam().name) != "Absent");
}

// Closed while batches are under way that will never be done.
TEST_F(CloseInMidBatch, LosesNothing) {
  constexpr int kKeys = 600;
  test::TempDir dir;
  rocksdb::Options options = test::small_db_options();
  ASSERT_TRUE(enable_gpu_zstd({.level = 1, .mode = "gpu_only"}, &options).ok());
  std::unique_ptr<rocksdb::DB> db;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir / "db", &db).ok());
  test::fill(*db, 0, kKeys);
  rocksdb::FlushOptions in_background;
  in_background.wait = false;
  ASSERT_TRUE(db->Flush(in_background).ok());
  while (scheduler_->snapshot().event(Event::kBatch) == 0) {
    std::this_thread::yield();
  }
  ASSERT_TRUE(db->Close().ok());
  db.reset();
  EXPECT_EQ(test::scan_with_stock_rocksdb(dir / "db"),
            test::expected_scan(kKeys));
  EXPECT_GT(
      scheduler_->snapshot().route(Engine::kCpu, RouteReason::kLate).blocks,
      0u);
}

INSTANTIATE_TEST_SUITE_P(All, FaultyGpu, testing::ValuesIn(kTroubles),
                         [](const auto& row) {
                           return std::string(row.param.name);
                         });

}  // namespace
}  // namespace gpu_zstd
