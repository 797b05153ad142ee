// Fuzz target: hostile SST files.
//
// The input is a file, before it one byte. If that byte is odd, checksums are
// made good first, so that damage reaches what lies behind them. Checked: a
// file that is refused is named, with nothing left behind; one that is taken
// gives a new file that holds the same, entry for entry; the source stays as it
// was. That no byte outside is read, and no memory taken that the file cannot
// need, is for the sanitizers to see.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "rocksdb/env.h"
#include "rocksdb_glue/sst/entry_block.h"
#include "rocksdb_glue/sst/footer.h"
#include "rocksdb_glue/sst/rewrite.h"
#include "rocksdb_glue/sst/verify.h"

namespace gpu_zstd {
namespace {

constexpr char kSource[] = "/source.sst";
constexpr char kOutput[] = "/output.sst";

void require(bool condition, const std::string& what) {
  if (!condition) {
    std::fprintf(stderr, "sst_fuzz: %s\n", what.c_str());
    std::abort();
  }
}

// What of the file a block's payload is; nothing if that is outside.
Bytes payload_of(const std::string& file, const BlockHandle& handle) {
  if (handle.size > file.size() || handle.offset > file.size() ||
      handle.end() > file.size()) {
    return {};
  }
  return Bytes(file).substr(handle.offset, handle.size);
}

void make_good(const Footer& footer, const BlockHandle& handle,
               std::string* file) {
  const Bytes payload = payload_of(*file, handle);
  if (payload.data() != nullptr) {
    char* trailer = file->data() + handle.offset + handle.size;
    write_fixed32(
        block_checksum(footer.checksum_type, payload, *trailer) +
            checksum_modifier(footer.base_context_checksum, handle.offset),
        trailer + 1);
  }
}

// Of an index block that is stored as it is.
void make_index_good(const Footer& footer, const BlockHandle& handle,
                     std::string* file) {
  const std::string block(payload_of(*file, handle));
  for (const bool delta_encoded : {false, true}) {
    IndexBlock index;
    if (!parse_index(block, {.delta_encoded = delta_encoded}, &index)) {
      for (const IndexBlock::Entry& entry : index.entries) {
        make_good(footer, entry.handle, file);
      }
    }
  }
}

void make_checksums_good(std::string* file) {
  Footer footer;
  if (file->size() < kFooterBytes ||
      !decode_footer("", file->size(),
                     Bytes(*file).substr(file->size() - kFooterBytes), &footer)
           .ok()) {
    return;
  }
  KeyValues metaindex;
  const std::string block(payload_of(*file, footer.metaindex));
  if (!parse_key_values(block, &metaindex)) {
    for (const auto& [name, value] : metaindex) {
      ByteReader reader(value);
      BlockHandle handle;
      if (read_handle(reader, &handle)) {
        make_index_good(footer, handle, file);
        make_good(footer, handle, file);
      }
    }
  }
  if (footer.has_index_handle()) {
    make_index_good(footer, footer.index, file);
    make_good(footer, footer.index, file);
  }
  make_good(footer, footer.metaindex, file);
}

void check(const std::string& file) {
  static const std::unique_ptr<rocksdb::Env> env(
      rocksdb::NewMemEnv(rocksdb::Env::Default()));
  static CpuBlockEngine engine(Scheduler::shared(), 1);
  rocksdb::FileSystem& fs = *env->GetFileSystem();
  require(rocksdb::WriteStringToFile(&fs, file, kSource).ok(), "no source");
  RewriteOptions options;
  options.threads = 1;
  options.max_block_bytes = 1 << 20;
  RewriteResult result;
  const rocksdb::Status status =
      rewrite_sst(fs, kSource, kOutput, engine, options, &result);
  if (status.ok()) {
    const rocksdb::Status same =
        compare_tables(fs, kSource, kOutput, VerifyMode::kFull, options);
    require(same.ok(), same.ToString());
    require(fs.DeleteFile(kOutput, {}, nullptr).ok(), "no output");
  } else {
    require(status.ToString().find(".sst") != std::string::npos,
            "does not name the file: " + status.ToString());
    require(!fs.FileExists(kOutput, {}, nullptr).ok(), "leaves an output");
  }
  std::string after;
  require(rocksdb::ReadFileToString(&fs, kSource, &after).ok() && after == file,
          "the source changed");
}

}  // namespace
}  // namespace gpu_zstd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) {
    std::string file(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 2 == 1) {
      gpu_zstd::make_checksums_good(&file);
    }
    gpu_zstd::check(file);
  }
  return 0;
}
