// A database that differs from what was written is never called good.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "rocksdb/db.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"
#include "tools/compare/dataset.h"
#include "tools/compare/error.h"
#include "tools/compare/input_files.h"
#include "tools/compare/variant.h"
#include "tools/compare/verify.h"

namespace gpu_zstd::compare {
namespace {

using Change = std::function<void(rocksdb::DB*)>;

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    test::write_file(dir_ / "input", test::text_like(200'000, 7));
    data_ = std::make_unique<Dataset>(select_input({dir_ / "input"}, 1 << 20),
                                      CompareOptions(), dir_.path());
  }

  // Writes all records, then what `change` does on top.
  void make_database(Variant maker, const Change& change = {}) {
    rocksdb::Options options;
    options.create_if_missing = true;
    const Cell cell{.level = 3, .block_size = 4096};
    ASSERT_TRUE(set_compression(maker, cell, "", &options).ok());
    std::unique_ptr<rocksdb::DB> db;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir_ / "db", &db).ok());
    for (size_t n = 0; n < data_->records(); ++n) {
      const Key key = key_of(n);
      ASSERT_TRUE(db->Put({}, {key.data(), key.size()}, data_->value(n)).ok());
    }
    if (change) {
      change(db.get());
    }
    ASSERT_TRUE(db->Flush({}).ok());
    ASSERT_TRUE(db->Close().ok());
  }

  std::string verdict(Variant expected_maker) {
    try {
      const uint64_t keys =
          verify_database(dir_ / "db", *data_, expected_maker);
      EXPECT_EQ(keys, data_->records());
      return "good";
    } catch (const CompareError& error) {
      return error.what();
    }
  }

  test::TempDir dir_;
  std::unique_ptr<Dataset> data_;
};

TEST_F(VerifyTest, WhatThePluginWroteIsReadWithoutIt) {
  make_database(Variant::kGpuZstd);
  EXPECT_EQ(verdict(Variant::kGpuZstd), "good");
}

TEST_F(VerifyTest, TheWrongMakerIsNoticed) {
  make_database(Variant::kBuiltin);
  EXPECT_EQ(verdict(Variant::kBuiltin), "good");
  EXPECT_NE(verdict(Variant::kGpuZstd).find("was not compressed by GpuZstd"),
            std::string::npos);
}

TEST_F(VerifyTest, AChangedValueIsNoticed) {
  make_database(Variant::kGpuZstd, [](rocksdb::DB* db) {
    ASSERT_TRUE(db->Put({}, "0000000000000042", "other").ok());
  });
  EXPECT_EQ(verdict(Variant::kGpuZstd),
            "wrong result: key 0000000000000042 has another value than was "
            "written");
}

TEST_F(VerifyTest, AMissingKeyIsNoticed) {
  make_database(Variant::kGpuZstd, [](rocksdb::DB* db) {
    ASSERT_TRUE(db->Delete({}, "0000000000000042").ok());
  });
  EXPECT_EQ(verdict(Variant::kGpuZstd),
            "wrong result: expected key 0000000000000042, read key "
            "0000000000000043");
}

TEST_F(VerifyTest, TheLastKeyMissingIsNoticed) {
  make_database(Variant::kGpuZstd, [this](rocksdb::DB* db) {
    const Key last = key_of(data_->records() - 1);
    ASSERT_TRUE(db->Delete({}, {last.data(), last.size()}).ok());
  });
  EXPECT_NE(verdict(Variant::kGpuZstd).find("keys of"), std::string::npos);
}

TEST_F(VerifyTest, AnAddedKeyIsNoticed) {
  make_database(Variant::kGpuZstd, [](rocksdb::DB* db) {
    ASSERT_TRUE(db->Put({}, "9999999999999999", "more").ok());
  });
  EXPECT_EQ(verdict(Variant::kGpuZstd),
            "wrong result: key 9999999999999999 was never written");
}

TEST_F(VerifyTest, ADamagedBlockIsNoticed) {
  make_database(Variant::kGpuZstd);
  for (const auto& entry : std::filesystem::directory_iterator(dir_ / "db")) {
    if (entry.path().extension() == ".sst") {
      std::string bytes = test::read_file(entry.path());
      bytes[100] = static_cast<char>(bytes[100] ^ 1);
      test::write_file(entry.path(), bytes);
    }
  }
  EXPECT_NE(verdict(Variant::kGpuZstd).find("Corruption"), std::string::npos);
}

}  // namespace
}  // namespace gpu_zstd::compare
