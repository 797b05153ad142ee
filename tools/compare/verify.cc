#include "tools/compare/verify.h"

#include <memory>

#include "rocksdb/db.h"
#include "tools/compare/error.h"
#include "tools/compare/variant.h"

namespace gpu_zstd::compare {
namespace {

void check(const rocksdb::Status& status, const char* what) {
  if (!status.ok()) {
    throw CompareError(std::string(what) +
                       " without the plugin: " + status.ToString());
  }
}

void check_maker(rocksdb::DB* db, Variant variant) {
  rocksdb::TablePropertiesCollection all;
  check(db->GetPropertiesOfAllTables(&all), "reading table properties");
  for (const auto& [file, properties] : all) {
    if (!made_by(variant, properties->compression_options)) {
      throw CompareError(file + " was not compressed by " + name_of(variant) +
                         "; its compression options are '" +
                         properties->compression_options + "'");
    }
  }
}

void compare_record(const rocksdb::Iterator& found, const Dataset& dataset,
                    size_t n) {
  const Key key = key_of(n);
  const std::string name(key.data(), key.size());
  if (found.key() != rocksdb::Slice(name)) {
    throw CompareError("wrong result: expected key " + name + ", read key " +
                       found.key().ToString());
  }
  const std::string_view value = dataset.value(n);
  if (found.value() != rocksdb::Slice(value.data(), value.size())) {
    throw CompareError("wrong result: key " + name +
                       " has another value than was written");
  }
}

void compare_records(rocksdb::DB* db, const Dataset& dataset) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> found(db->NewIterator(options));
  size_t n = 0;
  for (found->SeekToFirst(); found->Valid(); found->Next(), ++n) {
    if (n == dataset.records()) {
      throw CompareError("wrong result: key " + found->key().ToString() +
                         " was never written");
    }
    compare_record(*found, dataset, n);
  }
  check(found->status(), "reading back");
  if (n != dataset.records()) {
    throw CompareError("wrong result: " + std::to_string(n) + " keys of " +
                       std::to_string(dataset.records()) + " were read");
  }
}

}  // namespace

uint64_t verify_database(const std::string& path, const Dataset& dataset,
                         Variant variant) {
  const rocksdb::Options plain;
  std::unique_ptr<rocksdb::DB> db;
  check(rocksdb::DB::OpenForReadOnly(plain, path, &db), "opening");
  check_maker(db.get(), variant);
  compare_records(db.get(), dataset);
  check(db->VerifyChecksum(), "verifying checksums");
  check(db->Close(), "closing");
  return dataset.records();
}

}  // namespace gpu_zstd::compare
