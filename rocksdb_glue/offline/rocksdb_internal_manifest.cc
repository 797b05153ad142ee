#include "rocksdb_glue/offline/rocksdb_internal_manifest.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "db/column_family.h"
#include "db/version_edit.h"
#include "db/version_util.h"
#include "file/filename.h"
#include "rocksdb/utilities/options_util.h"
#include "table/unique_id_impl.h"

namespace gpu_zstd {
namespace {

using rocksdb::FileMetaData;
using rocksdb::Status;

// Unlocks when it goes.
class DatabaseLock {
 public:
  DatabaseLock() = default;
  ~DatabaseLock() {
    if (lock_ != nullptr) {
      fs_->UnlockFile(lock_, rocksdb::IOOptions(), nullptr)
          .PermitUncheckedError();
    }
  }
  DatabaseLock(const DatabaseLock&) = delete;
  DatabaseLock& operator=(const DatabaseLock&) = delete;

  Status take(rocksdb::FileSystem& fs, const std::string& path) {
    fs_ = &fs;
    const Status status = fs.LockFile(rocksdb::LockFileName(path),
                                      rocksdb::IOOptions(), &lock_, nullptr);
    return status.ok() ? status
                       : Status::IOError(path +
                                             ": lock not taken; is the "
                                             "database open elsewhere?",
                                         status.ToString());
  }

 private:
  rocksdb::FileSystem* fs_ = nullptr;
  rocksdb::FileLock* lock_ = nullptr;
};

class InternalClosedDatabase final : public ClosedDatabase {
 public:
  InternalClosedDatabase(rocksdb::Env& env, std::string path)
      : env_(env), fs_(env.GetFileSystem()), path_(std::move(path)) {}

  Status open();

  rocksdb::FileSystem& file_system() override { return *fs_; }
  std::vector<std::string> column_families() override;
  std::vector<LiveFile> files() override;
  uint64_t new_file_number() override {
    return writer_->Versions().NewFileNumber();
  }
  std::string path_for(const LiveFile& old, uint64_t number) override {
    return old.path.substr(0, old.path.rfind('/') + 1) +
           rocksdb::MakeTableFileName(number);
  }
  Status commit(std::span<const Replacement> files) override;

 private:
  Status recover();
  Status mark_numbers(const std::string& directory);
  LiveFile describe(const rocksdb::ColumnFamilyData& family, int level,
                    const FileMetaData& meta) const;
  Status add_replacement(const Replacement& replacement,
                         const FileMetaData& old, rocksdb::VersionEdit* edit);
  // Null when the MANIFEST does not have it at that level.
  static const FileMetaData* find(rocksdb::ColumnFamilyData& family,
                                  const LiveFile& file);

  rocksdb::Env& env_;
  const std::shared_ptr<rocksdb::FileSystem> fs_;
  const std::string path_;
  DatabaseLock lock_;
  rocksdb::DBOptions options_;
  std::vector<rocksdb::ColumnFamilyDescriptor> families_;
  std::unique_ptr<rocksdb::OfflineManifestWriter> writer_;
};

Status InternalClosedDatabase::open() {
  // Taking the lock would make the directory's LOCK file.
  Status status = fs_->FileExists(rocksdb::CurrentFileName(path_),
                                  rocksdb::IOOptions(), nullptr);
  if (!status.ok()) {
    return Status::NotFound(path_ + ": is no database (has no CURRENT)");
  }
  status = lock_.take(*fs_, path_);
  if (!status.ok()) {
    return status;
  }
  rocksdb::ConfigOptions config;
  config.env = &env_;
  config.ignore_unknown_options = false;
  status = rocksdb::LoadLatestOptions(config, path_, &options_, &families_);
  if (!status.ok()) {
    return Status::InvalidArgument(path_ + ": its OPTIONS cannot be used here",
                                   status.ToString());
  }
  options_.env = &env_;
  options_.info_log.reset();
  options_.listeners.clear();
  return recover();
}

Status InternalClosedDatabase::recover() {
  // A MANIFEST of an old RocksDB has no database id; the new one must not have
  // an empty one then.
  for (const bool write_id : {true, false}) {
    options_.write_dbid_to_manifest = write_id;
    writer_ = std::make_unique<rocksdb::OfflineManifestWriter>(options_, path_);
    std::string id;
    const Status status =
        writer_->Versions().Recover(families_, /*read_only=*/false, &id,
                                    /*no_error_if_files_missing=*/true);
    if (!status.ok()) {
      return status;
    }
    if (!id.empty()) {
      break;
    }
  }
  // RocksDB opens each file that an edit adds, as far as a quarter of the table
  // cache goes, and keeps it open: a level can have more than a process may.
  constexpr size_t kOpenFiles = 64;
  for (auto* family : *writer_->Versions().GetColumnFamilySet()) {
    family->table_cache()->get_cache().get()->SetCapacity(kOpenFiles);
  }
  std::set<std::string> directories = {path_};
  for (const rocksdb::DbPath& db_path : writer_->IOptions().db_paths) {
    directories.insert(db_path.path);
  }
  for (const auto& family : families_) {
    for (const rocksdb::DbPath& cf_path : family.options.cf_paths) {
      directories.insert(cf_path.path);
    }
  }
  for (const std::string& directory : directories) {
    const Status status = mark_numbers(directory);
    if (!status.ok()) {
      return status;
    }
  }
  return Status::OK();
}

// Orphans of an interrupted run keep their numbers.
Status InternalClosedDatabase::mark_numbers(const std::string& directory) {
  std::vector<std::string> names;
  const Status status =
      fs_->GetChildren(directory, rocksdb::IOOptions(), &names, nullptr);
  for (const std::string& name : names) {
    uint64_t number = 0;
    rocksdb::FileType type;
    if (rocksdb::ParseFileName(name, &number, &type)) {
      writer_->Versions().MarkFileNumberUsed(number);
    }
  }
  return status;
}

LiveFile InternalClosedDatabase::describe(
    const rocksdb::ColumnFamilyData& family, int level,
    const FileMetaData& meta) const {
  LiveFile file;
  file.column_family = family.GetName();
  file.column_family_id = family.GetID();
  file.level = level;
  file.number = meta.fd.GetNumber();
  file.path = rocksdb::TableFileName(family.ioptions().cf_paths,
                                     meta.fd.GetNumber(), meta.fd.GetPathId());
  file.file_bytes = meta.fd.GetFileSize();
  file.creation_time_s = meta.file_creation_time;
  if (meta.file_checksum_func_name != rocksdb::kUnknownFileChecksumFuncName) {
    file.checksum_function_name = meta.file_checksum_func_name;
  }
  return file;
}

std::vector<std::string> InternalClosedDatabase::column_families() {
  std::vector<std::string> names;
  for (auto* family : *writer_->Versions().GetColumnFamilySet()) {
    if (!family->IsDropped() && family->initialized()) {
      names.push_back(family->GetName());
    }
  }
  return names;
}

std::vector<LiveFile> InternalClosedDatabase::files() {
  std::vector<LiveFile> files;
  for (auto* family : *writer_->Versions().GetColumnFamilySet()) {
    if (family->IsDropped() || !family->initialized()) {
      continue;
    }
    const auto& storage = *family->current()->storage_info();
    for (int level = 0; level < storage.num_levels(); ++level) {
      for (const FileMetaData* meta : storage.LevelFiles(level)) {
        files.push_back(describe(*family, level, *meta));
      }
    }
  }
  std::sort(files.begin(), files.end(),
            [](const LiveFile& a, const LiveFile& b) {
              return std::tie(a.column_family_id, a.level, a.number) <
                     std::tie(b.column_family_id, b.level, b.number);
            });
  return files;
}

const FileMetaData* InternalClosedDatabase::find(
    rocksdb::ColumnFamilyData& family, const LiveFile& file) {
  const auto& storage = *family.current()->storage_info();
  if (file.level < storage.num_levels()) {
    for (const FileMetaData* meta : storage.LevelFiles(file.level)) {
      if (meta->fd.GetNumber() == file.number) {
        return meta;
      }
    }
  }
  return nullptr;
}

// All that the MANIFEST says of a file but what is new about it. Without an id
// that can be made (a file of an old RocksDB) none is recorded, as RocksDB
// does.
Status InternalClosedDatabase::add_replacement(const Replacement& replacement,
                                               const FileMetaData& old,
                                               rocksdb::VersionEdit* edit) {
  const TableIdentity& identity = replacement.file.identity;
  rocksdb::UniqueId64x2 unique_id{};
  if (!rocksdb::GetSstInternalUniqueId(identity.db_id, identity.session_id,
                                       identity.file_number, &unique_id)
           .ok()) {
    unique_id = rocksdb::kNullUniqueId64x2;
  }
  std::string checksum = rocksdb::kUnknownFileChecksum;
  std::string checksum_name = rocksdb::kUnknownFileChecksumFuncName;
  if (!replacement.old.checksum_function_name.empty()) {
    checksum = replacement.checksum;
    checksum_name = replacement.old.checksum_function_name;
  }
  const int level = replacement.old.level;
  edit->DeleteFile(level, old.fd.GetNumber());
  edit->AddFile(level, replacement.number, old.fd.GetPathId(),
                replacement.file.output_bytes, old.smallest, old.largest,
                old.fd.smallest_seqno, old.fd.largest_seqno,
                old.marked_for_compaction, old.temperature,
                old.oldest_blob_file_number, old.oldest_ancester_time,
                old.file_creation_time, old.epoch_number, checksum,
                checksum_name, unique_id, old.compensated_range_deletion_size,
                replacement.file.output_bytes - replacement.file.tail_start,
                old.user_defined_timestamps_persisted, old.min_timestamp,
                old.max_timestamp);
  return Status::OK();
}

Status InternalClosedDatabase::commit(std::span<const Replacement> files) {
  if (files.empty()) {
    return Status::OK();
  }
  auto* family = writer_->Versions().GetColumnFamilySet()->GetColumnFamily(
      files.front().old.column_family_id);
  if (family == nullptr) {
    return Status::InvalidArgument(path_ + ": no such column family");
  }
  rocksdb::VersionEdit edit;
  edit.SetColumnFamily(family->GetID());
  for (const Replacement& replacement : files) {
    const FileMetaData* old = find(*family, replacement.old);
    if (old == nullptr) {
      return Status::InvalidArgument(replacement.old.path +
                                     ": is not in the MANIFEST");
    }
    const Status status = add_replacement(replacement, *old, &edit);
    if (!status.ok()) {
      return status;
    }
  }
  std::unique_ptr<rocksdb::FSDirectory> directory;
  const Status status =
      fs_->NewDirectory(path_, rocksdb::IOOptions(), &directory, nullptr);
  return status.ok() ? writer_->LogAndApply(rocksdb::ReadOptions(),
                                            rocksdb::WriteOptions(), family,
                                            &edit, directory.get())
                     : status;
}

}  // namespace

bool has_database_mode() { return true; }

Status open_closed_database(rocksdb::Env& env, const std::string& path,
                            std::unique_ptr<ClosedDatabase>* database) {
  auto opened = std::make_unique<InternalClosedDatabase>(env, path);
  const Status status = opened->open();
  if (status.ok()) {
    *database = std::move(opened);
  }
  return status;
}

}  // namespace gpu_zstd
