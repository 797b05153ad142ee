// RocksDB's db_stress with --compression_manager_uri.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "port/stack_trace.h"
#include "rocksdb/advanced_compression.h"
#include "rocksdb/db_stress_tool.h"
#include "third_party/rocksdb_tools/stress_hook.h"
#include "tools/rocksdb/manager_flag.h"

// The name that follows is RocksDB's again.
#undef CreateAutoSkipCompressionManager

namespace {
std::shared_ptr<rocksdb::CompressionManager>& manager_of_run() {
  static std::shared_ptr<rocksdb::CompressionManager> manager;
  return manager;
}
}  // namespace

// db_stress asks here for its "autoskip" manager.
std::shared_ptr<rocksdb::CompressionManager>
rocksdb::stress_compression_manager(
    std::shared_ptr<rocksdb::CompressionManager> built_in) {
  if (manager_of_run() != nullptr) {
    return manager_of_run();
  }
  return rocksdb::CreateAutoSkipCompressionManager(std::move(built_in));
}

int main(int argc, char** argv) {
  rocksdb::port::InstallStackTraceHandler();
  manager_of_run() = gpu_zstd::manager_from_command_line(argc, argv);
  std::vector<char*> arguments(argv, argv + argc);
  std::string choose_ours = "--compression_manager=autoskip";
  if (manager_of_run() != nullptr) {
    arguments.push_back(choose_ours.data());  // the last one given counts
  }
  const int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  return rocksdb::db_stress_tool(count, arguments.data());
}
