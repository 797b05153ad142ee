// stock_reader DB_PATH: opens a database for reading with a RocksDB that has no
// plugin linked in, verifies every block checksum, scans everything, and prints
// "KEYS HASH" where HASH covers all keys and values in order. Exits 1 with a
// message when anything fails.

#include <cinttypes>
#include <cstdio>
#include <memory>

#include "rocksdb/db.h"

namespace {

// FNV-1a: order matters, and it needs no library.
uint64_t mix(uint64_t hash, const rocksdb::Slice& bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    hash = (hash ^ static_cast<unsigned char>(bytes[i])) * 0x100000001b3ULL;
  }
  return (hash ^ 0xff) * 0x100000001b3ULL;
}

int fail(const char* what, const rocksdb::Status& status) {
  std::fprintf(stderr, "stock_reader: %s: %s\n", what,
               status.ToString().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: stock_reader DB_PATH\n");
    return 2;
  }
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(rocksdb::Options(), argv[1], &db);
  if (!status.ok()) {
    return fail("open", status);
  }
  status = db->VerifyChecksum();
  if (!status.ok()) {
    return fail("VerifyChecksum", status);
  }
  uint64_t keys = 0;
  uint64_t hash = 0xcbf29ce484222325ULL;
  const std::unique_ptr<rocksdb::Iterator> it(
      db->NewIterator(rocksdb::ReadOptions()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    hash = mix(mix(hash, it->key()), it->value());
    ++keys;
  }
  if (!it->status().ok()) {
    return fail("scan", it->status());
  }
  std::printf("%" PRIu64 " %016" PRIx64 "\n", keys, hash);
  return 0;
}
