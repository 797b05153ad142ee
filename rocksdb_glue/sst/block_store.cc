#include "rocksdb_glue/sst/block_store.h"

#include "rocksdb_glue/sst/coding.h"
#include "rocksdb_glue/sst/footer.h"

namespace gpu_zstd {
namespace {

// RocksDB's default of CompressionOptions::max_compressed_bytes_per_kb, and its
// limit for a block that is compressed at all (block_based_table_builder.cc).
constexpr uint64_t kMaxCompressedBytesPerKb = 896;
constexpr uint64_t kMaxBlockBytes = INT32_MAX;

// Room for size prefix and frame, or 0 for a block that is not to be tried.
size_t room_for(Bytes block) {
  if (block.size() >= kMaxBlockBytes) {
    return 0;
  }
  constexpr size_t kMaxPrefixBytes = 5;
  const size_t room = block.size() * kMaxCompressedBytesPerKb >> 10;
  return room > kMaxPrefixBytes ? room : 0;
}

void append_stored(rocksdb::ChecksumType checksum_type,
                   rocksdb::CompressionType type, Bytes payload,
                   StoredRun* run) {
  const char type_byte = static_cast<char>(type);
  const uint32_t checksum = block_checksum(checksum_type, payload, type_byte);
  run->bytes += payload;
  run->bytes += type_byte;
  put_fixed32(checksum, &run->bytes);
  run->block_bytes.push_back(payload.size());
}

}  // namespace

void StoreCounts::add(const StoreCounts& other) {
  blocks += other.blocks;
  rejected += other.rejected;
  bypassed += other.bypassed;
  raw_bytes += other.raw_bytes;
}

rocksdb::Status compress_blocks(BlockEngine& engine,
                                rocksdb::ChecksumType checksum_type,
                                std::span<const std::string> blocks,
                                StoredRun* run) {
  std::vector<std::string> compressed(blocks.size());
  std::vector<size_t> prefix_bytes(blocks.size());
  std::vector<BlockJob> jobs;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const size_t room = room_for(blocks[i]);
    if (room == 0) {
      continue;
    }
    put_varint64(blocks[i].size(), &compressed[i]);
    prefix_bytes[i] = compressed[i].size();
    compressed[i].resize(room);
    jobs.push_back(
        {.input = blocks[i],
         .output = std::span(compressed[i]).subspan(prefix_bytes[i])});
  }
  engine.compress(jobs);

  size_t next_job = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    ++run->counts.blocks;
    run->counts.raw_bytes += blocks[i].size();
    if (prefix_bytes[i] == 0) {
      ++run->counts.bypassed;
      append_stored(checksum_type, rocksdb::kNoCompression, blocks[i], run);
      continue;
    }
    const BlockJob& job = jobs[next_job++];
    if (job.outcome == Outcome::kEngineFailed) {
      return rocksdb::Status::MemoryLimit("the " + engine.name() +
                                          " engine could not compress a block");
    }
    if (job.outcome == Outcome::kDoesNotFit) {
      ++run->counts.rejected;
      append_stored(checksum_type, rocksdb::kNoCompression, blocks[i], run);
    } else {
      append_stored(
          checksum_type, rocksdb::kZSTD,
          Bytes(compressed[i]).substr(0, prefix_bytes[i] + job.frame_bytes),
          run);
    }
  }
  return rocksdb::Status::OK();
}

}  // namespace gpu_zstd
