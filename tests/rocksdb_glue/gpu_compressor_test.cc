#include "rocksdb_glue/gpu_compressor.h"

#include <gtest/gtest.h>

#include <string>

#include "rocksdb/options.h"
#include "rocksdb_glue/compression_manager.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using rocksdb::Compressor;
using test::random_bytes;
using test::text_like;

std::shared_ptr<rocksdb::CompressionManager> make_manager(
    const GpuZstdOptions& options = {}) {
  std::shared_ptr<rocksdb::CompressionManager> manager;
  EXPECT_TRUE(new_compression_manager(options, &manager).ok());
  return manager;
}

struct Compressed {
  rocksdb::CompressionType type = rocksdb::kNoCompression;
  std::string bytes;
  size_t reported = 0;
};

Compressed compress(Compressor& compressor, const std::string& input,
                    size_t capacity,
                    Compressor::ManagedWorkingArea* area = nullptr) {
  Compressed out;
  out.bytes.assign(capacity + 16, '\x5a');
  out.reported = capacity;
  const rocksdb::Status status = compressor.CompressBlock(
      input, out.bytes.data(), &out.reported, &out.type, area);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(out.bytes.substr(capacity), std::string(16, '\x5a'))
      << "wrote beyond " << capacity << " bytes";
  out.bytes.resize(capacity);
  return out;
}

// Decodes with RocksDB's own decompressor, as a reader would.
std::string decompress(const Compressed& block) {
  const auto decompressor =
      rocksdb::GetBuiltinV2CompressionManager()->GetDecompressor();
  rocksdb::Decompressor::Args args;
  args.compression_type = block.type;
  args.compressed_data = rocksdb::Slice(block.bytes.data(), block.reported);
  EXPECT_TRUE(decompressor->ExtractUncompressedSize(args).ok());
  std::string raw(args.uncompressed_size, '\0');
  EXPECT_TRUE(decompressor->DecompressBlock(args, raw.data()).ok());
  return raw;
}

class GpuCompressorTest : public testing::Test {
 protected:
  std::unique_ptr<Compressor> make_compressor(
      const rocksdb::CompressionOptions& opts = {},
      const GpuZstdOptions& options = {}) {
    return make_manager(options)->GetCompressor(opts, rocksdb::kZSTD);
  }
};

TEST_F(GpuCompressorTest, RocksdbReadsEveryBlockBack) {
  const auto compressor = make_compressor();
  auto area = compressor->ObtainWorkingArea();
  for (const size_t bytes : {1, 127, 128, 4096, 16384, 65536, 1 << 20}) {
    const std::string input = text_like(bytes, bytes);
    const Compressed block =
        compress(*compressor, input, input.size() + 100, &area);
    ASSERT_EQ(block.type, rocksdb::kZSTD);
    EXPECT_EQ(decompress(block), input);
  }
}

TEST_F(GpuCompressorTest, OutputEqualsRocksdbsOwnAtTheSameLevel) {
  for (const int level : {-3, 0, 1, 3, 9, 19, 32767}) {
    rocksdb::CompressionOptions opts;
    opts.level = level;
    const auto ours = make_compressor(opts);
    const auto builtin =
        rocksdb::GetBuiltinV2CompressionManager()->GetCompressor(
            opts, rocksdb::kZSTD);
    const std::string input = text_like(16384, 5);
    const Compressed a = compress(*ours, input, input.size());
    const Compressed b = compress(*builtin, input, input.size());
    EXPECT_EQ(a.bytes.substr(0, a.reported), b.bytes.substr(0, b.reported))
        << "level " << level;
  }
}

TEST_F(GpuCompressorTest, AllCapacitiesAreKept) {
  const auto compressor = make_compressor();
  const std::string input = text_like(600, 2);
  const size_t need = compress(*compressor, input, 1000).reported;
  for (size_t capacity = 0; capacity < need; ++capacity) {
    const Compressed block = compress(*compressor, input, capacity);
    EXPECT_EQ(block.type, rocksdb::kNoCompression) << capacity;
    // 0 is "bypassed", more is "rejected".
    EXPECT_EQ(block.reported != 0, capacity > 5) << capacity;
  }
  // libzstd wants a few bytes more than the frame has while it writes it.
  constexpr size_t kSlack = 16;
  const Compressed block = compress(*compressor, input, need + kSlack);
  EXPECT_EQ(block.type, rocksdb::kZSTD);
  EXPECT_EQ(decompress(block), input);
}

TEST_F(GpuCompressorTest, NoiseIsRejectedNotFailed) {
  const auto compressor = make_compressor();
  const Compressed block = compress(*compressor, random_bytes(4096, 1), 3584);
  EXPECT_EQ(block.type, rocksdb::kNoCompression);
  EXPECT_GT(block.reported, 0u);
}

TEST_F(GpuCompressorTest, ForeignWorkingAreasAreLeftAlone) {
  const auto compressor = make_compressor();
  const auto other = rocksdb::GetBuiltinV2CompressionManager()->GetCompressor(
      {}, rocksdb::kZSTD);
  auto foreign = other->ObtainWorkingArea();
  const std::string input = text_like(4096, 4);
  EXPECT_EQ(decompress(compress(*compressor, input, 4096, &foreign)), input);
}

TEST_F(GpuCompressorTest, ChecksumFollowsTheOption) {
  const std::string input = text_like(4096, 4);
  constexpr size_t kPrefixBytes = 2;  // varint32 of 4096
  for (const bool wanted : {false, true}) {
    rocksdb::CompressionOptions opts;
    opts.checksum = wanted;
    const Compressed block = compress(*make_compressor(opts), input, 4096);
    EXPECT_EQ(
        test::has_frame_checksum(std::span(block.bytes.data(), block.reported)
                                     .subspan(kPrefixBytes)),
        wanted);
    EXPECT_EQ(decompress(block), input);
  }
}

TEST_F(GpuCompressorTest, CloneAndSpecialIndexCompressorWork) {
  const auto compressor = make_compressor();
  const std::string input = text_like(5000, 8);
  EXPECT_EQ(decompress(compress(*compressor->Clone(), input, 5000)), input);
  EXPECT_EQ(
      compressor->MaybeCloneSpecialized(rocksdb::CacheEntryRole::kIndexBlock,
                                        Compressor::DictDisabled{}),
      nullptr);
}

TEST_F(GpuCompressorTest, DictionariesGoToRocksdbAndAreCounted) {
  rocksdb::CompressionOptions opts;
  opts.max_dict_bytes = 4096;
  const auto compressor = make_compressor(opts);
  EXPECT_TRUE(std::holds_alternative<Compressor::DictSampling>(
      compressor->GetDictGuidance(rocksdb::CacheEntryRole::kDataBlock)));
  Compressor::DictSamples samples;
  samples.sample_data = text_like(8192, 1);
  samples.sample_lens.assign(8, 1024);
  const auto with_dict = compressor->MaybeCloneSpecialized(
      rocksdb::CacheEntryRole::kDataBlock, std::move(samples));
  ASSERT_NE(with_dict, nullptr);
  EXPECT_FALSE(with_dict->GetSerializedDict().empty());

  Counters& counters = Scheduler::shared().counters();
  const auto before = counters.snapshot().skip(SkipReason::kDictionary);
  auto area = with_dict->ObtainWorkingArea();
  const Compressed block =
      compress(*with_dict, text_like(1024, 1), 1024, &area);
  EXPECT_EQ(block.type, rocksdb::kZSTD);
  const auto after = counters.snapshot().skip(SkipReason::kDictionary);
  EXPECT_EQ(after.blocks - before.blocks, 1u);
  EXPECT_EQ(after.bytes - before.bytes, 1024u);
}

TEST_F(GpuCompressorTest, ParallelThreadsAdviceIsOursOrRocksdbs) {
  rocksdb::CompressionOptions opts;
  opts.parallel_threads = 5;
  EXPECT_EQ(make_compressor(opts)->GetRecommendedParallelThreads(), 5u);
  EXPECT_EQ(make_compressor(opts, {.parallel_threads = 9})
                ->GetRecommendedParallelThreads(),
            9u);
}

TEST(GpuZstdManager, OtherAlgorithmsAreRocksdbs) {
  const auto manager = make_manager();
  EXPECT_STREQ(manager->CompatibilityName(), "BuiltinV2");
  EXPECT_EQ(manager->GetCompressor({}, rocksdb::kNoCompression), nullptr);
  const auto lz4 = manager->GetCompressor({}, rocksdb::kLZ4Compression);
  ASSERT_NE(lz4, nullptr);
  EXPECT_EQ(lz4->GetPreferredCompressionType(), rocksdb::kLZ4Compression);
  const std::string input = text_like(4096, 6);
  Counters& counters = Scheduler::shared().counters();
  const auto before = counters.snapshot().skip(SkipReason::kOtherType).blocks;
  const Compressed block = compress(*lz4, input, 4096);
  EXPECT_EQ(block.type, rocksdb::kLZ4Compression);
  EXPECT_EQ(decompress(block), input);
  EXPECT_EQ(counters.snapshot().skip(SkipReason::kOtherType).blocks,
            before + 1);
}

TEST(GpuZstdManager, CompressorOutlivesItsManager) {
  auto manager = make_manager();
  const auto compressor = manager->GetCompressor({}, rocksdb::kZSTD);
  manager.reset();
  const std::string input = text_like(4096, 6);
  EXPECT_EQ(decompress(compress(*compressor, input, 4096)), input);
}

}  // namespace
}  // namespace gpu_zstd
