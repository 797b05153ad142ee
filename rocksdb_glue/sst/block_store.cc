#include "rocksdb_glue/sst/block_store.h"

#include <algorithm>

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

size_t varint_bytes(size_t value) {
  size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) {
    ++bytes;
  }
  return bytes;
}

// The size before the frame; returns its length.
size_t put_size(size_t size, std::span<char> out) {
  std::string prefix;  // short enough for no allocation
  put_varint64(size, &prefix);
  std::copy(prefix.begin(), prefix.end(), out.begin());
  return prefix.size();
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

std::span<char> CompressScratch::room(size_t bytes) {
  if (bytes > capacity_) {
    bytes_ = std::make_unique_for_overwrite<char[]>(bytes);
    capacity_ = bytes;
  }
  return {bytes_.get(), bytes};
}

rocksdb::Status compress_blocks(BlockEngine& engine,
                                rocksdb::ChecksumType checksum_type,
                                std::span<const std::string> blocks,
                                CompressScratch& scratch, StoredRun* run) {
  size_t all_room = 0;
  for (const std::string& block : blocks) {
    all_room += room_for(block);
  }
  std::span<char> left = scratch.room(all_room);
  std::vector<BlockJob> jobs;
  jobs.reserve(blocks.size());
  for (const std::string& block : blocks) {
    const size_t room = room_for(block);
    if (room > 0) {
      const size_t prefix_bytes = put_size(block.size(), left);
      jobs.push_back(
          {.input = block,
           .output = left.subspan(prefix_bytes, room - prefix_bytes)});
      left = left.subspan(room);
    }
  }
  engine.compress(jobs);

  size_t next_job = 0;
  for (const std::string& block : blocks) {
    ++run->counts.blocks;
    run->counts.raw_bytes += block.size();
    if (room_for(block) == 0) {
      ++run->counts.bypassed;
      append_stored(checksum_type, rocksdb::kNoCompression, block, run);
      continue;
    }
    const BlockJob& job = jobs[next_job++];
    if (job.outcome == Outcome::kEngineFailed) {
      return rocksdb::Status::MemoryLimit("the " + engine.name() +
                                          " engine could not compress a block");
    }
    if (job.outcome == Outcome::kDoesNotFit) {
      ++run->counts.rejected;
      append_stored(checksum_type, rocksdb::kNoCompression, block, run);
    } else {
      const size_t prefix_bytes = varint_bytes(block.size());
      append_stored(checksum_type, rocksdb::kZSTD,
                    Bytes(job.output.data() - prefix_bytes,
                          prefix_bytes + job.frame_bytes),
                    run);
    }
  }
  return rocksdb::Status::OK();
}

}  // namespace gpu_zstd
