// Tables that cannot be kept exactly are refused by name, and files that
// ingestion changed afterwards are kept as they are.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "rocksdb/advanced_compression.h"
#include "rocksdb/env.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/sst_file_writer.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "tests/rocksdb_glue/sst/sst_files.h"

namespace gpu_zstd::test {
namespace {

void put_some(rocksdb::DB& db) {
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(db.Put({}, "key" + std::to_string(10000 + i),
                       std::string(50, 'x') + std::to_string(i))
                    .ok());
  }
}

std::string refusal_of(const std::string& source, const std::string& output) {
  RewriteResult result;
  const rocksdb::Status status = rewrite_file(source, output, 3, &result);
  EXPECT_TRUE(status.IsNotSupported()) << status.ToString();
  EXPECT_NE(status.ToString().find(source), std::string::npos);
  return status.ToString();
}

TEST(RefusalTest, PlainAndCuckooTables) {
  for (const bool cuckoo : {false, true}) {
    const TempDir dir;
    rocksdb::Options options;
    options.create_if_missing = true;
    options.allow_mmap_reads = true;
    options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(4));
    options.table_factory.reset(cuckoo ? rocksdb::NewCuckooTableFactory()
                                       : rocksdb::NewPlainTableFactory());
    const auto files = make_sst_files(dir / "db", options, [](auto& db) {
      ASSERT_TRUE(db.Put({}, "key10001", "12345678").ok());
    });
    ASSERT_EQ(files.size(), 1U);
    EXPECT_NE(refusal_of(files.front(), dir / "new.sst")
                  .find(cuckoo ? "is a cuckoo table" : "is a plain table"),
              std::string::npos);
  }
}

class ForeignManager final : public rocksdb::CompressionManagerWrapper {
 public:
  ForeignManager()
      : CompressionManagerWrapper(rocksdb::GetBuiltinV2CompressionManager()) {}
  const char* Name() const override { return "Foreign"; }
  const char* CompatibilityName() const override { return "Foreign"; }
};

TEST(RefusalTest, ForeignCompressionManagers) {
  const TempDir dir;
  auto options = table_options(small_blocks(7), rocksdb::kZSTD);
  options.compression_manager = std::make_shared<ForeignManager>();
  const auto files = make_sst_files(dir / "db", options, put_some);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_NE(refusal_of(files.front(), dir / "new.sst")
                .find("was compressed by 'Foreign;"),
            std::string::npos);
}

// Writes a table like the one at `source` with one property and one meta block
// more; either name may be empty.
void add_names(const std::string& source, const std::string& target,
               const std::string& property, const std::string& meta_block) {
  auto& fs = *rocksdb::FileSystem::Default();
  std::string bytes;
  ASSERT_TRUE(rocksdb::ReadFileToString(&fs, source, &bytes).ok());
  std::unique_ptr<TableFile> file;
  ASSERT_TRUE(TableFile::open(fs, source, &file).ok());
  TableLayout layout;
  ASSERT_TRUE(read_layout(*file, 1 << 20, &layout).ok());
  Footer footer = file->footer();
  bytes.resize(layout.find(MetaKind::kProperties)->handle.offset);

  const auto append = [&](const std::string& block) {
    const BlockHandle handle{bytes.size(), block.size()};
    bytes += block;
    bytes += '\0';
    put_fixed32(
        block_checksum(footer.checksum_type, block, '\0') +
            checksum_modifier(footer.base_context_checksum, handle.offset),
        &bytes);
    return handle;
  };
  PropertySet properties = layout.properties;
  if (!property.empty()) {
    properties.set(property, "1");
  }
  const BlockHandle extra =
      meta_block.empty() ? BlockHandle{} : append("an index of another kind");
  const BlockHandle moved =
      append(build_key_values(properties.entries(), SIZE_MAX));
  PropertySet metaindex;
  const auto name_block = [&](const std::string& name,
                              const BlockHandle& handle) {
    std::string value;
    put_handle(handle, &value);
    metaindex.set(name, value);
  };
  for (const MetaBlock& meta : layout.meta_blocks) {
    name_block(meta.name,
               meta.kind == MetaKind::kProperties ? moved : meta.handle);
  }
  if (!meta_block.empty()) {
    name_block(meta_block, extra);
  }
  footer.metaindex = append(build_key_values(metaindex.entries(), 1));
  bytes += encode_footer(footer, bytes.size());
  ASSERT_TRUE(rocksdb::WriteStringToFile(&fs, bytes, target).ok());
}

TEST(RefusalTest, EmbeddedBlobsAndOtherIndexes) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const std::string source =
      make_sst_files(dir / "db", options, put_some).front();
  // The helper itself makes good files.
  add_names(source, dir / "same.sst", "user.property", "");
  RewriteResult result;
  ASSERT_TRUE(rewrite_file(dir / "same.sst", dir / "new.sst", 3, &result).ok());
  EXPECT_EQ(read_entries(options, dir / "new.sst"),
            read_entries(options, source));

  add_names(source, dir / "blob.sst", kEmbeddedBlobProperty, "");
  EXPECT_NE(refusal_of(dir / "blob.sst", dir / "x.sst").find("embedded blobs"),
            std::string::npos);
  add_names(source, dir / "udi.sst", "", "rocksdb.user_defined_index.trie");
  EXPECT_NE(refusal_of(dir / "udi.sst", dir / "x.sst")
                .find("'rocksdb.user_defined_index.trie'"),
            std::string::npos);
  add_names(source, dir / "what.sst", "", "rocksdb.something.new");
  EXPECT_NE(refusal_of(dir / "what.sst", dir / "x.sst")
                .find("'rocksdb.something.new'"),
            std::string::npos);
}

// IngestExternalFile can write a global sequence number into a finished file,
// outside of the properties' checksum. It must stay valid and stay outside.
TEST(IngestedTest, KeepsTheGlobalSequenceNumber) {
  for (const uint32_t format_version : {2U, 5U, 7U}) {
    const TempDir dir;
    const auto options =
        table_options(small_blocks(format_version), rocksdb::kZSTD);
    const std::string external = dir / "external.sst";
    rocksdb::SstFileWriter writer({}, options);
    ASSERT_TRUE(writer.Open(external).ok());
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(writer.Put("key" + std::to_string(10000 + i), "value").ok());
    }
    ASSERT_TRUE(writer.Finish().ok());
    const auto files =
        make_sst_files(dir / "db", options, [&](rocksdb::DB& db) {
          ASSERT_TRUE(db.Put({}, "key10100", "before").ok());
          rocksdb::IngestExternalFileOptions ingest;
          ingest.write_global_seqno = true;
          const auto status = db.IngestExternalFile({external}, ingest);
          ASSERT_TRUE(status.ok()) << status.ToString();
        });
    int with_seqno = 0;
    for (const std::string& path : files) {
      std::unique_ptr<TableFile> file;
      auto& fs = *rocksdb::FileSystem::Default();
      ASSERT_TRUE(TableFile::open(fs, path, &file).ok());
      TableLayout layout;
      ASSERT_TRUE(read_layout(*file, 1 << 20, &layout).ok());
      with_seqno += layout.seqno_outside_checksum ? 1 : 0;
      RewriteResult result;
      const std::string output = dir / "new.sst";
      std::remove(output.c_str());
      const auto status = rewrite_file(path, output, 3, &result);
      ASSERT_TRUE(status.ok()) << status.ToString();
      EXPECT_EQ(read_entries(options, output), read_entries(options, path));
      TableLayout rewritten;
      ASSERT_TRUE(TableFile::open(fs, output, &file).ok());
      ASSERT_TRUE(read_layout(*file, 1 << 20, &rewritten).ok());
      EXPECT_EQ(rewritten.seqno_outside_checksum,
                layout.seqno_outside_checksum);
    }
    EXPECT_EQ(with_seqno, 1) << format_version;
  }
}

}  // namespace
}  // namespace gpu_zstd::test
