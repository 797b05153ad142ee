#include "rocksdb_glue/sst/rewrite.h"

#include "rocksdb_glue/sst/rewrite_data.h"
#include "rocksdb_glue/sst/rewrite_tail.h"
#include "rocksdb_glue/sst/verify.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

// Deletes a file that did not become what it was to be, but none of its name
// that was there before and was not touched.
class TemporaryFile {
 public:
  TemporaryFile(rocksdb::FileSystem& fs, std::string path)
      : fs_(fs), path_(std::move(path)) {}
  ~TemporaryFile() {
    if (made_) {
      fs_.DeleteFile(path_, rocksdb::IOOptions(), /*dbg=*/nullptr)
          .PermitUncheckedError();
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  void note_made() { made_ = true; }
  void keep() { made_ = false; }

 private:
  rocksdb::FileSystem& fs_;
  const std::string path_;
  bool made_ = false;
};

Status write_table(rocksdb::FileSystem& fs, const std::string& source_path,
                   TemporaryFile& output, BlockEngine& engine,
                   const RewriteOptions& options, RewriteResult* result) {
  std::unique_ptr<TableFile> source;
  Status status = TableFile::open(fs, source_path, &source);
  TableLayout layout;
  if (status.ok()) {
    status = read_layout(*source, options.max_block_bytes, &layout);
  }
  std::unique_ptr<TableWriter> writer;
  if (status.ok()) {
    Footer format = source->footer();
    format.base_context_checksum =
        new_context_checksum(format, layout.properties, engine.level());
    status = TableWriter::create(fs, output.path(), format, &writer);
  }
  if (!status.ok()) {
    return status;
  }
  output.note_made();
  std::vector<BlockHandle> handles;
  handles.reserve(layout.data_blocks.size());
  status = rewrite_data_blocks(*source, layout, engine, options, *writer,
                               &handles, &result->data);
  if (!status.ok()) {
    return status;
  }
  for (const BlockHandle& handle : layout.data_blocks) {
    result->source_data_bytes += handle.size + kBlockTrailerBytes;
  }
  result->source_bytes = source->file_bytes();
  result->padding_bytes = layout.padding_bytes;
  result->identity = complete_identity(options.identity, layout.properties,
                                       engine.level(), writer->hash());
  result->output_data_bytes = writer->offset();
  result->tail_start = writer->offset();
  status = write_tail(*source, layout, handles, result->data, result->identity,
                      engine, options.max_block_bytes, *writer);
  result->output_bytes = writer->offset();
  return status;
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Gives the file its name for good: after this a power cut cannot take it away.
Status publish(rocksdb::FileSystem& fs, TemporaryFile& temporary,
               const std::string& output) {
  const rocksdb::IOOptions io;
  Status status;
  if (temporary.path() != output) {
    status = fs.RenameFile(temporary.path(), output, io, /*dbg=*/nullptr);
    if (!status.ok()) {
      return status;
    }
  }
  temporary.keep();
  std::unique_ptr<rocksdb::FSDirectory> directory;
  status =
      fs.NewDirectory(directory_of(output), io, &directory, /*dbg=*/nullptr);
  return status.ok() ? directory->Fsync(io, /*dbg=*/nullptr) : status;
}

// By any of its names, where the file system can tell.
bool is_same_file(rocksdb::FileSystem& fs, const std::string& a,
                  const std::string& b) {
  bool same = false;
  return a == b ||
         (fs.AreFilesSame(a, b, rocksdb::IOOptions(), &same, nullptr).ok() &&
          same);
}

Status rewrite(rocksdb::FileSystem& fs, const std::string& source,
               const std::string& output, BlockEngine& engine,
               const RewriteOptions& options, RewriteResult* result) {
  TemporaryFile temporary(fs, output + options.temporary_suffix);
  for (const std::string& path : {output, temporary.path()}) {
    if (is_same_file(fs, source, path)) {
      return Status::InvalidArgument(
          path + ": would be written, and is the source, " + source);
    }
  }
  const rocksdb::IOOptions io;
  if (!options.overwrite && fs.FileExists(output, io, nullptr).ok()) {
    return Status::InvalidArgument(output + ": exists already");
  }
  Status status = write_table(fs, source, temporary, engine, options, result);
  if (status.ok()) {
    status =
        compare_tables(fs, source, temporary.path(), options.verify, options);
  }
  return status.ok() ? publish(fs, temporary, output) : status;
}

}  // namespace

Status rewrite_sst(rocksdb::FileSystem& fs, const std::string& source,
                   const std::string& output, BlockEngine& engine,
                   const RewriteOptions& options, RewriteResult* result) {
  *result = {};
  try {
    return rewrite(fs, source, output, engine, options, result);
  } catch (const std::bad_alloc&) {
    return Status::MemoryLimit("out of memory while rewriting " + source);
  } catch (const std::exception& error) {
    return Status::Aborted(source + ": " + error.what());
  }
}

}  // namespace gpu_zstd
