#include "rocksdb_glue/gpu_compressor.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace gpu_zstd {
namespace {

// A varint32 takes at most five bytes; with no more room than that RocksDB's
// own compressor bypasses the block too.
constexpr size_t kMaxSizePrefixBytes = 5;

// Writes `value` as a varint32 (seven bits a byte, low ones first) and returns
// its length.
size_t write_varint32(uint32_t value, char* out) {
  size_t length = 0;
  while (value >= 0x80) {
    out[length++] = static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  out[length++] = static_cast<char>(value);
  return length;
}

}  // namespace

GpuCompressor::GpuCompressor(const FileSettings& settings,
                             std::unique_ptr<rocksdb::Compressor> builtin,
                             Scheduler& scheduler)
    : settings_(settings),
      builtin_(std::move(builtin)),
      scheduler_(scheduler) {}

std::string GpuCompressor::GetId() const {
  return std::string(Name()) + "(level " + std::to_string(settings_.level) +
         ")";
}

rocksdb::Compressor::DictConfig GpuCompressor::GetDictGuidance(
    rocksdb::CacheEntryRole block_type) const {
  return builtin_->GetDictGuidance(block_type);
}

std::unique_ptr<rocksdb::Compressor> GpuCompressor::Clone() const {
  return std::make_unique<GpuCompressor>(settings_, builtin_->Clone(),
                                         scheduler_);
}

std::unique_ptr<rocksdb::Compressor> GpuCompressor::MaybeCloneSpecialized(
    rocksdb::CacheEntryRole block_type, DictConfigArgs&& dict_config) const {
  auto with_dict =
      builtin_->MaybeCloneSpecialized(block_type, std::move(dict_config));
  if (with_dict == nullptr) {
    return nullptr;
  }
  return std::make_unique<CountingCompressor>(
      std::move(with_dict), SkipReason::kDictionary, scheduler_);
}

rocksdb::Compressor::ManagedWorkingArea GpuCompressor::ObtainWorkingArea() {
  auto* session = new (std::nothrow) Scheduler::Session(scheduler_);
  if (session != nullptr) areas_.fetch_add(1, std::memory_order_relaxed);
  return ManagedWorkingArea(reinterpret_cast<WorkingArea*>(session), this);
}

void GpuCompressor::ReleaseWorkingArea(WorkingArea* area) {
  if (area != nullptr) areas_.fetch_sub(1, std::memory_order_relaxed);
  delete reinterpret_cast<Scheduler::Session*>(area);
}

// One area is the index blocks' and idle until the file ends; the rest are one
// for each thread.
uint32_t GpuCompressor::overlap() const {
  return std::max(areas_.load(std::memory_order_relaxed), 2u) - 1;
}

// kNoCompression with size 0 tells RocksDB "bypassed", with another size
// "rejected"; the raw block is stored either way (advanced_compression.h).
rocksdb::Status GpuCompressor::CompressBlock(
    rocksdb::Slice uncompressed_data, char* compressed_output,
    size_t* compressed_output_size,
    rocksdb::CompressionType* out_compression_type,
    ManagedWorkingArea* working_area) {
  *out_compression_type = rocksdb::kNoCompression;
  const size_t raw_bytes = uncompressed_data.size();
  const bool too_large = raw_bytes > std::numeric_limits<uint32_t>::max();
  if (too_large || *compressed_output_size <= kMaxSizePrefixBytes) {
    scheduler_.counters().record_skip(
        too_large ? SkipReason::kTooLarge : SkipReason::kNoRoom, raw_bytes);
    *compressed_output_size = 0;
    return rocksdb::Status::OK();
  }

  const size_t prefix_bytes =
      write_varint32(static_cast<uint32_t>(raw_bytes), compressed_output);
  Scheduler::Session* session = nullptr;
  if (working_area != nullptr && working_area->owner() == this) {
    session = reinterpret_cast<Scheduler::Session*>(working_area->get());
  }
  const CompressResult result =
      scheduler_.compress({.input = {uncompressed_data.data(), raw_bytes},
                           .output = {compressed_output + prefix_bytes,
                                      *compressed_output_size - prefix_bytes},
                           .level = settings_.level,
                           .frame_checksum = settings_.frame_checksum,
                           .mode = settings_.mode,
                           .verify_one_in = settings_.verify_one_in,
                           .min_block_bytes = settings_.min_block_bytes,
                           .overlap = overlap()},
                          session);
  if (result.outcome == Outcome::kCompressed) {
    *out_compression_type = rocksdb::kZSTD;
    *compressed_output_size = prefix_bytes + result.frame_bytes;
  } else {
    *compressed_output_size = 1;
  }
  return rocksdb::Status::OK();
}

CountingCompressor::CountingCompressor(
    std::unique_ptr<rocksdb::Compressor> wrapped, SkipReason reason,
    Scheduler& scheduler)
    : CompressorWrapper(std::move(wrapped)),
      reason_(reason),
      scheduler_(scheduler) {}

std::unique_ptr<rocksdb::Compressor> CountingCompressor::Clone() const {
  return std::make_unique<CountingCompressor>(wrapped_->Clone(), reason_,
                                              scheduler_);
}

std::unique_ptr<rocksdb::Compressor> CountingCompressor::MaybeCloneSpecialized(
    rocksdb::CacheEntryRole block_type, DictConfigArgs&& dict_config) const {
  auto special =
      wrapped_->MaybeCloneSpecialized(block_type, std::move(dict_config));
  if (special == nullptr) {
    return nullptr;
  }
  return std::make_unique<CountingCompressor>(std::move(special), reason_,
                                              scheduler_);
}

rocksdb::Status CountingCompressor::CompressBlock(
    rocksdb::Slice uncompressed_data, char* compressed_output,
    size_t* compressed_output_size,
    rocksdb::CompressionType* out_compression_type,
    ManagedWorkingArea* working_area) {
  scheduler_.counters().record_skip(reason_, uncompressed_data.size());
  return wrapped_->CompressBlock(uncompressed_data, compressed_output,
                                 compressed_output_size, out_compression_type,
                                 working_area);
}

}  // namespace gpu_zstd
