#include "rocksdb_glue/sst/block_decompressor.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

// No built-in format says more with a byte: zstd makes 128 KiB of a run in 4.
constexpr uint64_t kMaxExpansion = 1 << 16;

Status refuse_size(uint64_t says, uint64_t limit) {
  return Status::Corruption("says it holds " + std::to_string(says) +
                            " bytes decompressed, expected at most " +
                            std::to_string(limit));
}

}  // namespace

Status BlockDecompressor::create(std::string dictionary,
                                 uint64_t max_block_bytes,
                                 std::unique_ptr<BlockDecompressor>* out) {
  std::unique_ptr<BlockDecompressor> made(
      new BlockDecompressor(std::move(dictionary), max_block_bytes));
  const auto plain =
      rocksdb::GetBuiltinV2CompressionManager()->GetDecompressor();
  if (made->dictionary_.empty()) {
    made->decompressor_ = plain;
  } else {
    std::unique_ptr<rocksdb::Decompressor> with_dictionary;
    const Status status =
        plain->MaybeCloneForDict(made->dictionary_, &with_dictionary);
    if (!status.ok()) {
      return status;
    }
    made->decompressor_ = std::move(with_dictionary);
  }
  *out = std::move(made);
  return Status::OK();
}

Status BlockDecompressor::decompress(rocksdb::CompressionType type,
                                     Bytes payload, Scratch& scratch,
                                     std::string* block) {
  if (type == rocksdb::kNoCompression) {
    block->assign(payload);
    return Status::OK();
  }
  if (type > rocksdb::kLastBuiltinCompression) {
    return Status::NotSupported("has compression type " + std::to_string(type) +
                                ", which is no built-in one");
  }
  rocksdb::Decompressor::Args args;
  args.compression_type = type;
  args.compressed_data = payload;
  args.working_area = &scratch.area_;
  Status status = decompressor_->ExtractUncompressedSize(args);
  if (!status.ok()) {
    return status;
  }
  const uint64_t plausible = kMaxExpansion * (payload.size() + 1);
  const uint64_t limit = std::min(plausible, max_block_bytes_);
  if (args.uncompressed_size > limit) {
    return refuse_size(args.uncompressed_size, limit);
  }
  block->resize(args.uncompressed_size);
  return decompressor_->DecompressBlock(args, block->data());
}

}  // namespace gpu_zstd
