#include "cpu_fallback/bulk/file_streaming.h"

#include <unistd.h>

#include <exception>

#include "cpu_fallback/bulk/posix_file.h"

namespace gpu_zstd {
namespace {

class NullSink final : public ByteSink {
 public:
  BulkStatus write(std::span<const char> bytes) override { return {}; }
};

bool is_about_output(BulkError error) {
  return error == BulkError::kOutputFull || error == BulkError::kUnwritable ||
         error == BulkError::kOutputExists;
}

// Removes the source unless its name has meanwhile come to mean another file.
BulkStatus remove_source(const std::string& path, const struct stat& opened) {
  struct stat now = {};
  if (stat(path.c_str(), &now) != 0 || now.st_ino != opened.st_ino ||
      now.st_dev != opened.st_dev) {
    return {BulkError::kSourceChanged, 0,
            "not removed: the name now means another file"};
  }
  if (unlink(path.c_str()) != 0) {
    return {BulkError::kUnwritable, 0,
            "cannot remove: " + describe_errno(errno)};
  }
  return {};
}

FileResult failed(BulkStatus status, const std::string& file) {
  return {std::move(status), file, 0, 0};
}

// Opens the input, and the output where there is one.
FileResult open_both(const FileCall& call, FileSource& source, FileSink& sink) {
  if (BulkStatus status = source.open(call.input); !status.ok()) {
    return failed(std::move(status), call.input);
  }
  if (call.output.empty()) {
    return {};
  }
  if (call.remove_source && !source.is_regular()) {
    return failed({BulkError::kNotRegular, 0,
                   "only a regular file can be removed afterwards"},
                  call.input);
  }
  // Nobody may read in the output what its source denies them.
  const mode_t mode = source.is_regular() ? 0600 : 0666;
  if (BulkStatus status = sink.open(call.output, call.overwrite, mode);
      !status.ok()) {
    return failed(std::move(status), call.output);
  }
  if (sink.replaces(source.info())) {
    return failed({BulkError::kBadOption, 0, "is both input and output"},
                  call.input);
  }
  return {};
}

// A changed source makes a good result wrong, and explains a truncated one.
void check_source(const FileSource& source, BulkStatus* status) {
  if (status->ok() || status->error == BulkError::kTruncated) {
    BulkStatus changed = source.check_unchanged();
    if (!changed.ok()) {
      *status = std::move(changed);
    }
  }
}

// Lets `convert` do the work between both ends and puts the output in place.
template <typename Convert>
FileResult run_files(const FileCall& call, const std::atomic<bool>* cancel,
                     const Convert& convert) {
  FileSource source(cancel);
  FileSink sink(cancel);
  NullSink nowhere;
  if (FileResult opened = open_both(call, source, sink); !opened.ok()) {
    return opened;
  }
  const bool writes = !call.output.empty();
  const BulkResult done =
      convert(source, writes ? static_cast<ByteSink&>(sink) : nowhere);
  FileResult result{done.status, call.input, done.bytes_in, done.bytes_out};
  check_source(source, &result.status);
  if (result.ok() && writes) {
    result.status =
        sink.commit(source.is_regular() ? &source.info() : nullptr, call.sync);
  }
  if (is_about_output(result.status.error)) {
    result.file = call.output;
  }
  if (result.ok() && writes && call.remove_source) {
    result.status = remove_source(call.input, source.info());
  }
  return result;
}

template <typename Body>
FileResult guarded(const FileCall& call, const Body& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    return failed({BulkError::kFailed, 0, error.what()}, call.input);
  } catch (...) {
    return failed({BulkError::kFailed, 0, "unknown exception"}, call.input);
  }
}

}  // namespace

std::string FileResult::describe() const {
  const std::string name = file == "-" ? "standard input or output" : file;
  return name + ": " + status.message + " (" + to_string(status.error) +
         ", at byte " + std::to_string(status.offset) + ")";
}

FileResult encode_file_streaming(BulkCodec& codec, const FileCall& call,
                                 const BulkEncodeOptions& options) {
  return guarded(call, [&] {
    return run_files(call, options.cancel,
                     [&](ByteSource& source, ByteSink& sink) {
                       return codec.encode_stream(source, sink, options);
                     });
  });
}

FileResult decode_file_streaming(BulkCodec& codec, const FileCall& call,
                                 const BulkDecodeOptions& options) {
  return guarded(call, [&] {
    return run_files(call, options.cancel,
                     [&](ByteSource& source, ByteSink& sink) {
                       return codec.decode_stream(source, sink, options);
                     });
  });
}

}  // namespace gpu_zstd
