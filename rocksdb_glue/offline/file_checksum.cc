#include "rocksdb_glue/offline/file_checksum.h"

#include <memory>

#include "rocksdb/file_checksum.h"

namespace gpu_zstd {

using rocksdb::Status;

Status compute_file_checksum(rocksdb::FileSystem& fs, const std::string& path,
                             const std::string& function_name,
                             std::string* checksum) {
  checksum->clear();
  if (function_name.empty() ||
      function_name == rocksdb::kUnknownFileChecksumFuncName) {
    return Status::OK();
  }
  rocksdb::FileChecksumGenContext context;
  context.file_name = path;
  context.requested_checksum_func_name = function_name;
  const auto generator =
      rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(
          context);
  if (generator == nullptr || function_name != generator->Name()) {
    return Status::NotSupported(path + ": has a whole-file checksum by '" +
                                function_name +
                                "', which this program does not have");
  }
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  Status status =
      fs.NewSequentialFile(path, rocksdb::FileOptions(), &file, nullptr);
  std::string buffer(1 << 20, '\0');
  rocksdb::Slice bytes;
  while (status.ok()) {
    status = file->Read(buffer.size(), rocksdb::IOOptions(), &bytes,
                        buffer.data(), nullptr);
    if (bytes.empty()) {
      break;
    }
    generator->Update(bytes.data(), bytes.size());
  }
  if (status.ok()) {
    generator->Finalize();
    *checksum = generator->GetChecksum();
  }
  return status;
}

}  // namespace gpu_zstd
