// Files, pipes and standard streams of any size, in bounded memory.
#pragma once

#include <string>

#include "cpu_fallback/bulk/bulk_codec.h"

namespace gpu_zstd {

struct FileCall {
  std::string input;   // "-": standard input
  std::string output;  // "-": standard output; empty: nowhere, to test a file
  bool overwrite = false;
  // Remove a regular input file after its output is whole under its name.
  bool remove_source = false;
  // The output and its name survive a power failure once the call is back.
  bool sync = true;
};

struct FileResult {
  BulkStatus status;
  std::string file;  // the one that the error is about
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;

  bool ok() const { return status.ok(); }
  // "FILE: message (at byte N)".
  std::string describe() const;
};

// Reads `call.input` in frames and writes a standard .zst file, which the zstd
// command reads; with options.seekable an indexed one. Output goes under a
// temporary name beside the final one, which it gets at the end: after an
// error or a cancellation there is no output and the source is untouched. A
// regular output takes its source's mode and times. Memory as BulkCodec says.
// Thread-safe; nothing is thrown.
FileResult encode_file_streaming(BulkCodec& codec, const FileCall& call,
                                 const BulkEncodeOptions& options);

// The same way back, for any zstd file. Frames that tell a size of up to 64 MiB
// are decoded in parallel, others in 1 MiB pieces.
FileResult decode_file_streaming(BulkCodec& codec, const FileCall& call,
                                 const BulkDecodeOptions& options);

}  // namespace gpu_zstd
