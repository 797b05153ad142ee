#include "tools/compare/variant.h"

#include <chrono>
#include <memory>
#include <thread>

#include "plugin/register.h"
#include "rocksdb/advanced_compression.h"
#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "rocksdb_glue/compression_manager.h"
#include "scheduler/scheduler.h"

namespace gpu_zstd::compare {
namespace {

using Manager = std::shared_ptr<rocksdb::CompressionManager>;

// The route an operator's options string takes. RocksDB drops an id or option
// that it does not know without a word, unless told otherwise.
rocksdb::Status make_manager(const std::string& gpu_zstd_options,
                             Manager* manager) {
  register_with_rocksdb();
  rocksdb::ConfigOptions config;
  config.ignore_unknown_options = false;
  config.ignore_unsupported_options = false;
  std::string text = "id=";
  text += kCompressionManagerName;
  if (!gpu_zstd_options.empty()) {
    text += ";" + gpu_zstd_options;
  }
  return rocksdb::CompressionManager::CreateFromString(config, text, manager);
}

}  // namespace

rocksdb::Status set_compression(Variant variant, const Cell& cell,
                                const std::string& gpu_zstd_options,
                                rocksdb::Options* options) {
  if (variant == Variant::kNone) {
    options->compression = rocksdb::kNoCompression;
    return rocksdb::Status::OK();
  }
  options->compression = rocksdb::kZSTD;
  options->compression_opts.level = cell.level;
  options->compression_opts.parallel_threads = cell.parallel_threads;
  if (variant == Variant::kGpuZstd) {
    return make_manager(gpu_zstd_options, &options->compression_manager);
  }
  return rocksdb::Status::OK();
}

std::string describe_engines() { return Scheduler::shared().engines(); }

std::string open_devices(const std::string& gpu_zstd_options) {
  Manager manager;
  if (make_manager(gpu_zstd_options, &manager).ok()) {
    const rocksdb::BlockBasedTableOptions table;
    manager->GetCompressorForSST(rocksdb::FilterBuildingContext(table), {},
                                 rocksdb::kZSTD);
  }
  const Scheduler& scheduler = Scheduler::shared();
  while (scheduler.device_state() == DeviceState::kStarting ||
         scheduler.devices_in(DeviceState::kStarting) > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return describe_engines();
}

rocksdb::Status check_manager_options(const std::string& gpu_zstd_options) {
  Manager manager;
  return make_manager(gpu_zstd_options, &manager);
}

bool made_by(Variant variant, const std::string& compression_options) {
  const std::string plugin =
      std::string("_compression_manager=") + kCompressionManagerName + ";";
  const bool by_plugin = compression_options.find(plugin) != std::string::npos;
  return by_plugin == (variant == Variant::kGpuZstd);
}

}  // namespace gpu_zstd::compare
