// RocksDB's db_bench with --compression_manager_uri. db_bench opens databases
// through hooks, which is where the manager is set.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rocksdb/advanced_compression.h"
#include "rocksdb/db_bench_tool.h"
#include "rocksdb/tool_hooks.h"
#include "tools/rocksdb/manager_flag.h"

namespace {

using ColumnFamilies = std::vector<rocksdb::ColumnFamilyDescriptor>;
using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;
using rocksdb::DefaultHooks;
using rocksdb::Status;

class ManagerHooks : public DefaultHooks {
 public:
  explicit ManagerHooks(std::shared_ptr<rocksdb::CompressionManager> manager)
      : manager_(std::move(manager)) {}

  Status Open(const rocksdb::Options& options, const std::string& name,
              std::unique_ptr<rocksdb::DB>* db) override {
    return DefaultHooks::Open(with_manager(options), name, db);
  }
  Status Open(const rocksdb::DBOptions& options, const std::string& name,
              const ColumnFamilies& families, Handles* handles,
              std::unique_ptr<rocksdb::DB>* db) override {
    return DefaultHooks::Open(options, name, with_manager(families), handles,
                              db);
  }
  Status Open(const rocksdb::Options& options,
              const rocksdb::blob_db::BlobDBOptions& blob_options,
              const std::string& name, rocksdb::blob_db::BlobDB** db) override {
    return DefaultHooks::Open(with_manager(options), blob_options, name, db);
  }
  Status OpenTransactionDB(const rocksdb::Options& options,
                           const rocksdb::TransactionDBOptions& txn_options,
                           const std::string& name,
                           rocksdb::TransactionDB** db) override {
    return DefaultHooks::OpenTransactionDB(with_manager(options), txn_options,
                                           name, db);
  }
  Status OpenTransactionDB(const rocksdb::DBOptions& options,
                           const rocksdb::TransactionDBOptions& txn_options,
                           const std::string& name,
                           const ColumnFamilies& families, Handles* handles,
                           rocksdb::TransactionDB** db) override {
    return DefaultHooks::OpenTransactionDB(options, txn_options, name,
                                           with_manager(families), handles, db);
  }
  Status OpenOptimisticTransactionDB(
      const rocksdb::Options& options, const std::string& name,
      rocksdb::OptimisticTransactionDB** db) override {
    return DefaultHooks::OpenOptimisticTransactionDB(with_manager(options),
                                                     name, db);
  }
  Status OpenOptimisticTransactionDB(
      const rocksdb::DBOptions& options, const std::string& name,
      const ColumnFamilies& families, Handles* handles,
      rocksdb::OptimisticTransactionDB** db) override {
    return DefaultHooks::OpenOptimisticTransactionDB(
        options, name, with_manager(families), handles, db);
  }
  // Those opened for reading only or as a secondary write no tables.

 private:
  rocksdb::Options with_manager(rocksdb::Options options) const {
    options.compression_manager = manager_;
    return options;
  }
  ColumnFamilies with_manager(ColumnFamilies families) const {
    for (rocksdb::ColumnFamilyDescriptor& family : families) {
      family.options.compression_manager = manager_;
    }
    return families;
  }

  const std::shared_ptr<rocksdb::CompressionManager> manager_;
};

}  // namespace

int main(int argc, char** argv) {
  auto manager = gpu_zstd::manager_from_command_line(argc, argv);
  if (manager == nullptr) {
    return rocksdb::db_bench_tool(argc, argv);
  }
  ManagerHooks hooks(std::move(manager));
  return rocksdb::db_bench_tool(argc, argv, hooks);
}
