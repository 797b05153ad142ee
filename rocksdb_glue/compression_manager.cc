#include "rocksdb_glue/compression_manager.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "rocksdb/env.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/utilities/options_type.h"
#include "rocksdb_glue/event_listener.h"
#include "rocksdb_glue/gpu_compressor.h"
#include "rocksdb_glue/statistics.h"

namespace gpu_zstd {
namespace {

using rocksdb::ConfigOptions;
using rocksdb::OptionType;
using rocksdb::OptionTypeFlags;
using rocksdb::OptionTypeInfo;
using rocksdb::OptionVerificationType;
using rocksdb::Status;

// Parses a whole decimal number; "12x" and "" are errors that name the option.
template <typename Number>
Status parse_number(const ConfigOptions&, const std::string& name,
                    const std::string& value, void* address) {
  Number number{};
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    return Status::InvalidArgument("GpuZstd: " + name + "=" + value,
                                   "expected a whole number");
  }
  *static_cast<Number*>(address) = number;
  return Status::OK();
}

OptionTypeInfo option(size_t offset, OptionType type) {
  return OptionTypeInfo(static_cast<int>(offset), type,
                        OptionVerificationType::kNormal,
                        OptionTypeFlags::kMutable);
}

template <typename Number>
OptionTypeInfo number_option(size_t offset, OptionType type) {
  OptionTypeInfo info = option(offset, type);
  info.SetParseFunc(parse_number<Number>);
  return info;
}

const std::unordered_map<std::string, OptionTypeInfo>& option_types() {
  using O = GpuZstdOptions;
  static const auto* const types =
      new std::unordered_map<std::string, OptionTypeInfo>{
          {"level", number_option<int>(offsetof(O, level), OptionType::kInt)},
          {"mode", option(offsetof(O, mode), OptionType::kString)},
          {"parallel_threads",
           number_option<uint32_t>(offsetof(O, parallel_threads),
                                   OptionType::kUInt32T)},
          {"stats_interval_sec",
           number_option<uint32_t>(offsetof(O, stats_interval_sec),
                                   OptionType::kUInt32T)},
      };
  return *types;
}

int64_t now_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class GpuZstdCompressionManager final
    : public rocksdb::CompressionManagerWrapper {
 public:
  explicit GpuZstdCompressionManager(const GpuZstdOptions& options)
      : CompressionManagerWrapper(rocksdb::GetBuiltinV2CompressionManager()),
        options_(options),
        last_log_seconds_(now_seconds()) {
    RegisterOptions("GpuZstdOptions", &options_, &option_types());
  }

  const char* Name() const override { return kCompressionManagerName; }

  Status PrepareOptions(const ConfigOptions& config_options) override {
    const Status status = validate(options_);
    return status.ok()
               ? CompressionManagerWrapper::PrepareOptions(config_options)
               : status;
  }

  // Called when a DB is opened. RocksDB itself takes any level and libzstd
  // clamps it; a level that does not exist is refused here.
  Status ValidateOptions(
      const rocksdb::DBOptions& db_options,
      const rocksdb::ColumnFamilyOptions& cf_options) const override {
    Status status = validate(options_);
    if (status.ok()) {
      status = validate_cf_level("compression_opts.level",
                                 cf_options.compression_opts.level);
    }
    if (status.ok() && cf_options.bottommost_compression_opts.enabled) {
      status = validate_cf_level("bottommost_compression_opts.level",
                                 cf_options.bottommost_compression_opts.level);
    }
    return status.ok() ? CompressionManagerWrapper::ValidateOptions(db_options,
                                                                    cf_options)
                       : status;
  }

  std::unique_ptr<rocksdb::Compressor> GetCompressorForSST(
      const rocksdb::FilterBuildingContext& context,
      const rocksdb::CompressionOptions& opts,
      rocksdb::CompressionType preferred) override {
    log_first_file(context, preferred);
    log_when_due(context.info_log);
    return GetCompressor(opts, preferred);
  }

  std::unique_ptr<rocksdb::Compressor> GetCompressor(
      const rocksdb::CompressionOptions& opts,
      rocksdb::CompressionType type) override {
    auto builtin = wrapped_->GetCompressor(opts, type);
    if (builtin == nullptr) {
      return nullptr;
    }
    Scheduler& scheduler = Scheduler::shared();
    if (type != rocksdb::kZSTD) {
      return std::make_unique<CountingCompressor>(
          std::move(builtin), SkipReason::kOtherType, scheduler);
    }
    FileSettings settings;
    settings.level = effective_level(options_, opts.level);
    settings.frame_checksum = opts.checksum;
    settings.mode = parse_mode(options_);
    settings.parallel_threads = options_.parallel_threads != 0
                                    ? options_.parallel_threads
                                    : builtin->GetRecommendedParallelThreads();
    return std::make_unique<GpuCompressor>(settings, std::move(builtin),
                                           scheduler);
  }

 private:
  // The level of a column family counts only where ours follows it; 0 is
  // RocksDB's word for -1.
  Status validate_cf_level(const char* name, int level) const {
    if (options_.level != GpuZstdOptions::kFollowCompressionOptions ||
        level == 0) {
      return Status::OK();
    }
    return validate_level(name, level);
  }

  void log_first_file(const rocksdb::FilterBuildingContext& context,
                      rocksdb::CompressionType preferred) {
    if (context.info_log == nullptr) {
      return;
    }
    if (!logged_start_.exchange(true, std::memory_order_relaxed)) {
      rocksdb::Info(context.info_log, "GpuZstd: engines: %s; mode %s",
                    Scheduler::engines().c_str(), options_.mode.c_str());
    }
    if (preferred != rocksdb::kZSTD && preferred != rocksdb::kNoCompression &&
        !logged_other_type_.exchange(true, std::memory_order_relaxed)) {
      rocksdb::Warn(context.info_log,
                    "GpuZstd: column family '%s' asks for %s at level %d, "
                    "which RocksDB compresses itself; set compression=kZSTD "
                    "to have GpuZstd compress it",
                    context.column_family_name.c_str(),
                    CompressionTypeToString(preferred).c_str(),
                    context.level_at_creation);
    }
  }

  // The logger of a DB is only known to live while one of its files is begun.
  void log_when_due(rocksdb::Logger* logger) {
    if (logger == nullptr || options_.stats_interval_sec == 0) {
      return;
    }
    const int64_t now = now_seconds();
    int64_t last = last_log_seconds_.load(std::memory_order_relaxed);
    if (now - last >= static_cast<int64_t>(options_.stats_interval_sec) &&
        last_log_seconds_.compare_exchange_strong(last, now,
                                                  std::memory_order_relaxed)) {
      log_statistics(logger, "interval");
    }
  }

  GpuZstdOptions options_;
  std::atomic<int64_t> last_log_seconds_;
  std::atomic<bool> logged_start_{false};
  std::atomic<bool> logged_other_type_{false};
};

}  // namespace

Status new_compression_manager(
    const GpuZstdOptions& options,
    std::shared_ptr<rocksdb::CompressionManager>* manager) {
  const Status status = validate(options);
  if (status.ok()) {
    *manager = std::make_shared<GpuZstdCompressionManager>(options);
  }
  return status;
}

std::unique_ptr<rocksdb::CompressionManager> new_default_compression_manager() {
  return std::make_unique<GpuZstdCompressionManager>(GpuZstdOptions());
}

Status enable_gpu_zstd(const GpuZstdOptions& gpu_zstd_options,
                       rocksdb::Options* options) {
  const Status status =
      new_compression_manager(gpu_zstd_options, &options->compression_manager);
  if (status.ok()) {
    options->compression = rocksdb::kZSTD;
    options->listeners.push_back(new_event_listener());
  }
  return status;
}

}  // namespace gpu_zstd
