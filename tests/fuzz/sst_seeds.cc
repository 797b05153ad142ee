// Writes the files that fuzzing of SST files starts from: small ones of each
// kind, as sst_fuzz.cc takes them.
//   build/tests/sst_seeds tests/fuzz/sst_corpus
#include <cstdio>
#include <string>

#include "rocksdb/convenience.h"
#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/program.h"

namespace gpu_zstd::test {
namespace {

using IndexType = rocksdb::BlockBasedTableOptions::IndexType;

void write_seed(const std::string& path, const rocksdb::Options& options) {
  const TempDir dir;
  const auto files = make_sst_files(dir / "db", options, [](rocksdb::DB& db) {
    for (int i = 0; i < 20; ++i) {
      const std::string n = std::to_string(1000 + i);
      db.Put({}, "key" + n, std::string(40, 'v') + n).PermitUncheckedError();
    }
    db.DeleteRange({}, db.DefaultColumnFamily(), "x", "y")
        .PermitUncheckedError();
  });
  std::string seed(1, '\1');
  seed += read_file(files.front());
  write_file(path, seed);
}

void write_seeds(const std::string& directory) {
  const struct {
    const char* name;
    IndexType index;
  } indexes[] = {{"binary", IndexType::kBinarySearch},
                 {"hash", IndexType::kHashSearch},
                 {"two_level", IndexType::kTwoLevelIndexSearch},
                 {"first_key", IndexType::kBinarySearchWithFirstKey}};
  for (const uint32_t format_version : {2, 5, 7}) {
    for (const auto& [name, index] : indexes) {
      auto table = small_blocks(format_version);
      table.index_type = index;
      table.partition_filters = index == IndexType::kTwoLevelIndexSearch;
      auto options = table_options(table, rocksdb::kNoCompression);
      write_seed(
          directory + "/fv" + std::to_string(format_version) + "_" + name,
          options);
    }
  }
  for (const auto type : rocksdb::GetSupportedCompressions()) {
    auto options = table_options(small_blocks(6), type);
    options.compression_opts.max_dict_bytes = type == rocksdb::kZSTD ? 512 : 0;
    write_seed(directory + "/type" + std::to_string(type), options);
  }
}

}  // namespace
}  // namespace gpu_zstd::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: sst_seeds DIRECTORY\n");
    return 2;
  }
  gpu_zstd::test::write_seeds(argv[1]);
  return 0;
}
