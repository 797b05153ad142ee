#include "rocksdb_glue/options.h"

#include <gtest/gtest.h>

#include <cctype>
#include <ostream>
#include <string>

#include "plugin/register.h"
#include "rocksdb/advanced_compression.h"
#include "rocksdb/convenience.h"
#include "rocksdb_glue/compression_manager.h"
#include "scheduler/scheduler.h"

namespace gpu_zstd {
namespace {

using rocksdb::CompressionManager;
using rocksdb::Status;

class OptionsString : public testing::Test {
 protected:
  static void SetUpTestSuite() { register_with_rocksdb(); }

  Status create(const std::string& text) {
    rocksdb::ConfigOptions config;
    config.ignore_unsupported_options = false;
    manager_.reset();
    return CompressionManager::CreateFromString(config, text, &manager_);
  }

  const GpuZstdOptions& parsed() const {
    return *manager_->GetOptions<GpuZstdOptions>("GpuZstdOptions");
  }

  std::shared_ptr<CompressionManager> manager_;
};

TEST_F(OptionsString, NameAloneGivesTheDefaults) {
  ASSERT_TRUE(create("GpuZstd").ok());
  EXPECT_STREQ(manager_->Name(), "GpuZstd");
  EXPECT_EQ(parsed().level, GpuZstdOptions::kFollowCompressionOptions);
  EXPECT_EQ(parsed().mode, "offload");
  EXPECT_EQ(parsed().parallel_threads, 0u);
  EXPECT_EQ(parsed().stats_interval_sec, 600u);
  EXPECT_EQ(parsed().verify, "full");
  EXPECT_EQ(parsed().devices, "all");
  EXPECT_EQ(parsed().deadline_ms, 250u);
}

TEST_F(OptionsString, EveryOptionIsRead) {
  ASSERT_TRUE(create("id=GpuZstd;level=-7;mode=cpu_only;parallel_threads=16;"
                     "stats_interval_sec=0;verify=sampled:7;devices=0,3;"
                     "max_lanes=2;max_device_memory=5;max_pinned_memory=6;"
                     "deadline_ms=10;min_block_bytes=131072")
                  .ok());
  EXPECT_EQ(parsed().level, -7);
  EXPECT_EQ(parsed().mode, "cpu_only");
  EXPECT_EQ(parsed().parallel_threads, 16u);
  EXPECT_EQ(parsed().stats_interval_sec, 0u);
  EXPECT_EQ(parse_verify(parsed()), 7u);
  EXPECT_EQ(parsed().min_block_bytes, 131072u);
  const SchedulerOptions options = scheduler_options(parsed());
  EXPECT_EQ(options.devices, (std::vector<int>{0, 3}));
  EXPECT_EQ(options.engine.max_lanes, 2u);
  EXPECT_EQ(options.engine.max_device_memory, 5u);
  EXPECT_EQ(options.engine.max_pinned_memory, 6u);
  EXPECT_EQ(options.engine.deadline_ns, 10'000'000u);
}

TEST_F(OptionsString, WhatIsWrittenIsReadBack) {
  ASSERT_TRUE(create("id=GpuZstd;level=19;mode=cpu_only").ok());
  const std::string text = manager_->ToString(rocksdb::ConfigOptions());
  ASSERT_TRUE(create(text).ok()) << text;
  EXPECT_EQ(parsed().level, 19);
  EXPECT_EQ(parsed().mode, "cpu_only");
}

struct BadOption {
  const char* text;
  const char* named;     // what the message must name
  const char* expected;  // and what it must say instead
};

void PrintTo(const BadOption& bad, std::ostream* out) { *out << bad.text; }

class BadOptions : public OptionsString,
                   public testing::WithParamInterface<BadOption> {};

TEST_P(BadOptions, AreRefusedByName) {
  const Status status = create(std::string("id=GpuZstd;") + GetParam().text);
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.ToString().find(GetParam().named), std::string::npos)
      << status.ToString();
  EXPECT_NE(status.ToString().find(GetParam().expected), std::string::npos)
      << status.ToString();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadOptions,
    testing::Values(
        BadOption{"level=99", "level=99", "1 to 22"},
        BadOption{"level=0", "level=0", "-1 or 1 to 22"},
        BadOption{"level=23", "level=23", "1 to 22"},
        BadOption{"level=-131073", "level=-131073", "1 to 22"},
        BadOption{"level=nine", "level=nine", "whole number"},
        BadOption{"level=3x", "level=3x", "whole number"},
        BadOption{"level=99999999999", "level=99999999999", "whole number"},
        BadOption{"mode=fast", "mode=fast", "gpu_only or cpu_only"},
        BadOption{"verify=maybe", "verify=maybe", "sampled:N"},
        BadOption{"verify=sampled:1", "verify=sampled:1", "2 to 1000000"},
        BadOption{"verify=sampled:1000001", "sampled:1000001", "2 to 1000000"},
        BadOption{"devices=x", "devices=x", "0 to 63"},
        BadOption{"devices=64", "devices=64", "0 to 63"},
        BadOption{"devices=0,", "devices=0,", "0 to 63"},
        BadOption{"max_lanes=0", "max_lanes=0", "1 to 64"},
        BadOption{"max_lanes=65", "max_lanes=65", "1 to 64"},
        BadOption{"max_device_memory=0", "max_device_memory=0", "1 to"},
        BadOption{"max_pinned_memory=-5", "max_pinned_memory=-5", "number"},
        BadOption{"deadline_ms=9", "deadline_ms=9", "10 to 60000"},
        BadOption{"deadline_ms=60001", "deadline_ms=60001", "10 to 60000"},
        BadOption{"min_block_bytes=131073", "min_block_bytes=131073",
                  "0 to 131072"},
        BadOption{"parallel_threads=65", "parallel_threads=65", "1 to 64"},
        BadOption{"parallel_threads=-1", "parallel_threads=-1", "number"},
        BadOption{"stats_interval_sec=604801", "stats_interval_sec=604801",
                  "up to 604800"},
        BadOption{"levle=3", "levle", ""}),
    [](const auto& bad) {
      std::string name = bad.param.text;
      for (char& c : name) {
        c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      }
      return name;
    });

TEST(OptionsFromCpp, AreHeldToTheSameLimits) {
  std::shared_ptr<CompressionManager> manager;
  EXPECT_TRUE(
      new_compression_manager({.level = 99}, &manager).IsInvalidArgument());
  EXPECT_TRUE(
      new_compression_manager({.mode = "gpu"}, &manager).IsInvalidArgument());
  EXPECT_EQ(manager, nullptr);
  EXPECT_TRUE(new_compression_manager({.level = 22}, &manager).ok());
  EXPECT_NE(manager, nullptr);
}

TEST(EffectiveLevel, IsOursOrElseReadAsRocksdbDoes) {
  const GpuZstdOptions follow;
  EXPECT_EQ(effective_level(follow, 32767), 3);
  EXPECT_EQ(effective_level(follow, 0), -1);
  EXPECT_EQ(effective_level(follow, 7), 7);
  EXPECT_EQ(effective_level({.level = 19}, 7), 19);
}

}  // namespace
}  // namespace gpu_zstd
