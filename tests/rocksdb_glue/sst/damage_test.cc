// Damaged and hostile files: an error that names the file, never a crash and
// never a wrong result. Meant to be run under AddressSanitizer as well.

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "rocksdb/convenience.h"
#include "rocksdb/env.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "rocksdb_glue/sst/verify.h"
#include "tests/rocksdb_glue/sst/sst_files.h"

namespace gpu_zstd::test {
namespace {

using IndexType = rocksdb::BlockBasedTableOptions::IndexType;

constexpr char kSource[] = "/fuzz/source.sst";
constexpr char kDamaged[] = "/fuzz/damaged.sst";
constexpr char kOutput[] = "/fuzz/output.sst";

// One file in memory, and what becomes of it when it is damaged.
class Patient {
 public:
  explicit Patient(const rocksdb::Options& options, int keys = 150)
      : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
        fs_(env_->GetFileSystem()) {
    const TempDir dir;
    const auto files =
        make_sst_files(dir / "db", options, [=](rocksdb::DB& db) {
          for (int i = 0; i < keys; ++i) {
            const std::string n = std::to_string(1000 + i);
            ASSERT_TRUE(db.Put({}, "key" + n, std::string(40, 'v') + n).ok());
          }
          ASSERT_TRUE(
              db.DeleteRange({}, db.DefaultColumnFamily(), "x", "y").ok());
        });
    EXPECT_TRUE(rocksdb::ReadFileToString(rocksdb::FileSystem::Default().get(),
                                          files.front(), &bytes_)
                    .ok());
    store(kSource, bytes_);
  }

  const std::string& bytes() const { return bytes_; }

  TableLayout layout() {
    std::unique_ptr<TableFile> file;
    TableLayout layout;
    EXPECT_TRUE(TableFile::open(*fs_, kSource, &file).ok());
    EXPECT_TRUE(read_layout(*file, 1 << 20, &layout).ok());
    footer_ = file->footer();
    return layout;
  }
  const Footer& footer() const { return footer_; }

  rocksdb::Status rewrite(const std::string& damaged) {
    store(kDamaged, damaged);
    CpuBlockEngine engine(Scheduler::shared(), 1);
    RewriteOptions options;
    options.threads = 1;
    options.max_block_bytes = 1 << 20;
    options.overwrite = true;
    RewriteResult result;
    return rewrite_sst(*fs_, kDamaged, kOutput, engine, options, &result);
  }

  // After a rewrite that was OK: holds the output to the undamaged source.
  rocksdb::Status compare_with_source() {
    return compare_tables(*fs_, kSource, kOutput, VerifyMode::kFull, {});
  }

 private:
  void store(const std::string& path, const std::string& bytes) {
    EXPECT_TRUE(rocksdb::WriteStringToFile(fs_.get(), bytes, path).ok());
  }

  const std::unique_ptr<rocksdb::Env> env_;
  const std::shared_ptr<rocksdb::FileSystem> fs_;
  std::string bytes_;
  Footer footer_;
};

void expect_named_error(const rocksdb::Status& status, size_t where) {
  EXPECT_TRUE(status.IsCorruption() || status.IsNotSupported())
      << where << ": " << status.ToString();
  EXPECT_NE(status.ToString().find(kDamaged), std::string::npos)
      << where << ": " << status.ToString();
}

rocksdb::Options options_of(uint32_t format_version, IndexType index,
                            rocksdb::CompressionType type) {
  auto table = small_blocks(format_version);
  table.index_type = index;
  table.partition_filters = index == IndexType::kTwoLevelIndexSearch;
  return table_options(table, type);
}

class EveryFormat : public testing::TestWithParam<uint32_t> {};

// One flipped bit of each byte. Before format_version 6 the footer has no
// checksum, and RocksDB itself does not look at its padding: there the result
// must be the undamaged one.
TEST_P(EveryFormat, FindsEveryFlippedBit) {
  Patient patient(
      options_of(GetParam(), IndexType::kTwoLevelIndexSearch, rocksdb::kZSTD));
  ASSERT_TRUE(patient.rewrite(patient.bytes()).ok());
  std::mt19937 random(GetParam());
  size_t harmless = 0;
  for (size_t i = 0; i < patient.bytes().size(); ++i) {
    std::string damaged = patient.bytes();
    damaged[i] = static_cast<char>(damaged[i] ^ 1 << random() % 8);
    const rocksdb::Status status = patient.rewrite(damaged);
    if (!status.ok()) {
      expect_named_error(status, i);
      continue;
    }
    ++harmless;
    const rocksdb::Status same = patient.compare_with_source();
    EXPECT_TRUE(same.ok()) << i << ": " << same.ToString();
    EXPECT_GE(i + kFooterBytes, patient.bytes().size()) << i;
  }
  EXPECT_LT(harmless, GetParam() < 6 ? kFooterBytes : 1);
}

TEST_P(EveryFormat, FindsEveryTruncation) {
  Patient patient(
      options_of(GetParam(), IndexType::kBinarySearch, rocksdb::kZSTD));
  for (size_t bytes = 0; bytes < patient.bytes().size(); ++bytes) {
    const rocksdb::Status status =
        patient.rewrite(patient.bytes().substr(0, bytes));
    ASSERT_FALSE(status.ok()) << bytes;
    expect_named_error(status, bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::Values(2U, 5U, 7U));

// Blocks that a mutation may change, with checksums made good afterwards, so
// that damage reaches the parsers and the decompressors.
std::vector<BlockHandle> targets_of(const TableLayout& layout,
                                    const Footer& footer) {
  std::vector<BlockHandle> targets = {footer.metaindex, layout.index.handle};
  for (const MetaBlock& meta : layout.meta_blocks) {
    targets.push_back(meta.handle);
  }
  for (const IndexPart& part : layout.index_parts) {
    targets.push_back(part.handle);
  }
  targets.insert(targets.end(), layout.data_blocks.begin(),
                 layout.data_blocks.end());
  return targets;
}

void mutate(std::mt19937& random, std::string* bytes, size_t begin,
            size_t count) {
  static constexpr unsigned char kExtremes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  for (unsigned i = 1 + random() % 4; i > 0; --i) {
    char& byte = (*bytes)[begin + random() % count];
    byte = static_cast<char>(random() % 2 == 0 ? kExtremes[random() % 5]
                                               : random() % 256);
  }
}

void make_checksum_good(const Footer& footer, const BlockHandle& handle,
                        std::string* bytes) {
  const Bytes payload = Bytes(*bytes).substr(handle.offset, handle.size);
  char* trailer = bytes->data() + handle.offset + handle.size;
  write_fixed32(
      block_checksum(footer.checksum_type, payload, *trailer) +
          checksum_modifier(footer.base_context_checksum, handle.offset),
      trailer + 1);
}

void survive_mutations(const rocksdb::Options& options, unsigned seed,
                       int rounds) {
  Patient patient(options);
  const TableLayout layout = patient.layout();
  const std::vector<BlockHandle> targets = targets_of(layout, patient.footer());
  std::mt19937 random(seed);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string damaged = patient.bytes();
    // Metadata half of the time, however many data blocks there are.
    const size_t meta_count = targets.size() - layout.data_blocks.size();
    const BlockHandle target =
        targets[random() % (round % 2 == 0 ? meta_count : targets.size())];
    mutate(random, &damaged, target.offset, target.size + 1);
    make_checksum_good(patient.footer(), target, &damaged);
    const rocksdb::Status status = patient.rewrite(damaged);
    if (!status.ok()) {
      expect_named_error(status, target.offset);
      ++refused;
    }
  }
  EXPECT_GT(refused, rounds / 10);
  EXPECT_LT(refused, rounds);
}

TEST(MutationTest, BinaryIndex) {
  survive_mutations(
      options_of(5, IndexType::kBinarySearch, rocksdb::kNoCompression), 1,
      1500);
}

TEST(MutationTest, OldIndexWithoutDeltas) {
  survive_mutations(
      options_of(2, IndexType::kBinarySearch, rocksdb::kNoCompression), 2,
      1500);
}

TEST(MutationTest, TwoLevelIndexAndPartitionedFilter) {
  survive_mutations(
      options_of(7, IndexType::kTwoLevelIndexSearch, rocksdb::kNoCompression),
      3, 1500);
}

TEST(MutationTest, FirstKeyIndex) {
  survive_mutations(options_of(6, IndexType::kBinarySearchWithFirstKey,
                               rocksdb::kNoCompression),
                    4, 1500);
}

TEST(MutationTest, HashIndex) {
  survive_mutations(
      options_of(4, IndexType::kHashSearch, rocksdb::kNoCompression), 5, 1500);
}

TEST(MutationTest, EveryCompression) {
  unsigned seed = 10;
  for (const auto type : rocksdb::GetSupportedCompressions()) {
    SCOPED_TRACE(static_cast<int>(type));
    survive_mutations(options_of(7, IndexType::kBinarySearch, type), ++seed,
                      400);
  }
}

TEST(MutationTest, Dictionary) {
  auto options = options_of(6, IndexType::kBinarySearch, rocksdb::kZSTD);
  options.compression_opts.max_dict_bytes = 1024;
  survive_mutations(options, 30, 800);
}

// Two ways to ask for more memory than the file could ever need.
TEST(HostileTest, RefusesABlockThatClaimsToBeHuge) {
  Patient patient(options_of(7, IndexType::kBinarySearch, rocksdb::kZSTD));
  const BlockHandle block = patient.layout().data_blocks.front();
  std::string damaged = patient.bytes();
  damaged.replace(block.offset, 5, "\xff\xff\xff\xff\x0f");
  make_checksum_good(patient.footer(), block, &damaged);
  const rocksdb::Status status = patient.rewrite(damaged);
  expect_named_error(status, block.offset);
  EXPECT_NE(status.ToString().find("at offset 0: data block says it holds "
                                   "4294967295 bytes decompressed"),
            std::string::npos)
      << status.ToString();
}

TEST(HostileTest, RefusesBytesThatNoBlockAccountsFor) {
  auto table = small_blocks(5);
  table.block_align = true;
  Patient patient(table_options(table, rocksdb::kNoCompression));
  ASSERT_TRUE(patient.rewrite(patient.bytes()).ok());
  const BlockHandle block = patient.layout().data_blocks.front();
  std::string damaged = patient.bytes();
  ASSERT_EQ(damaged[block.end()], '\0');
  damaged[block.end()] = 'x';
  const rocksdb::Status status = patient.rewrite(damaged);
  expect_named_error(status, block.end());
  EXPECT_NE(
      status.ToString().find("at offset " + std::to_string(block.end()) + ": "),
      std::string::npos)
      << status.ToString();
}

}  // namespace
}  // namespace gpu_zstd::test
