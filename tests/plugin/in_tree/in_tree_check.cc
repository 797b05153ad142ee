// A program that knows nothing of the plugin asks RocksDB for it by name.
#include <cstdio>
#include <memory>

#include "rocksdb/advanced_compression.h"
#include "rocksdb/convenience.h"

int main() {
  rocksdb::ConfigOptions config;
  config.ignore_unsupported_options = false;
  std::shared_ptr<rocksdb::CompressionManager> manager;
  rocksdb::Status status = rocksdb::CompressionManager::CreateFromString(
      config, "{id=GpuZstd;level=9}", &manager);
  if (!status.ok() || manager == nullptr) {
    std::fprintf(stderr, "GpuZstd: %s\n", status.ToString().c_str());
    return 1;
  }
  std::printf("%s\n", manager->ToString(config).c_str());
  return manager->IsInstanceOf("GpuZstd") ? 0 : 1;
}
