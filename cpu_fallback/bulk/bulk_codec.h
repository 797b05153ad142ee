// Bulk compression on the CPU: memory or streams of any size, as standard zstd
// frames, on threads of oneTBB. Files are in file_streaming.h.
//
//   BulkCodec codec;                                  // limits of this machine
//   std::vector<char> out(codec.max_output_bytes(in.size(), {}));
//   BulkResult r = codec.compress(in, out, {});       // level 3, automatic
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "cpu_fallback/bulk/byte_stream.h"
#include "cpu_fallback/bulk/limits.h"
#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

struct BulkResult {
  BulkStatus status;
  // Consumed and produced, in order, before the end or the first error.
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;

  bool ok() const { return status.ok(); }
};

// Takes the output in order, from one thread at a time, which need not be the
// caller's. False ends the call with kUnwritable; an exception with kFailed.
using BulkSink = std::function<bool(std::span<const char>)>;

// Thread-safe: any number of calls may run at once, also from inside the
// caller's own TBB tasks. They share limits().workers threads, in an arena of
// their own. Nothing is thrown. Idle contexts and buffers, as many as the
// busiest call needed, are kept until the codec goes, which must be after its
// last call.
//
// Memory of one call, whatever the size: at most limits().memory_bytes of
// buffers, and no more than tokens_for() frames, each with its raw and coded
// bytes (raw bytes: full_frame_bytes() of frame_plan.h); and a libzstd context
// a worker (ZSTD_estimateCCtxSize). With kWorkStealing from memory the frames
// held are all of the input's, up to memory_bytes. Only kOneFrame does not keep
// to memory_bytes: where each part goes is known when all are made, so it holds
// libzstd's bound for the whole input.
class BulkCodec {
 public:
  explicit BulkCodec(const BulkLimits& limits = default_bulk_limits());
  ~BulkCodec();
  BulkCodec(const BulkCodec&) = delete;
  BulkCodec& operator=(const BulkCodec&) = delete;

  const BulkLimits& limits() const;

  // Room that compress() never exceeds.
  static size_t max_output_bytes(size_t raw_bytes,
                                 const BulkEncodeOptions& options);

  // Memory to memory. The buffers must not overlap; after an error the output
  // holds nothing of use. kOutputFull: dst is too small.
  BulkResult compress(std::span<const char> src, std::span<char> dst,
                      const BulkEncodeOptions& options);
  // Any sequence of zstd and skippable frames.
  BulkResult decompress(std::span<const char> src, std::span<char> dst,
                        const BulkDecodeOptions& options);

  // Memory to a function. kManyFrames only.
  BulkResult compress_to(std::span<const char> src, const BulkSink& sink,
                         const BulkEncodeOptions& options);
  BulkResult decompress_to(std::span<const char> src, const BulkSink& sink,
                           const BulkDecodeOptions& options);

  // Any source to any sink. kManyFrames only. Both are borrowed and used from
  // one thread at a time.
  BulkResult encode_stream(ByteSource& source, ByteSink& sink,
                           const BulkEncodeOptions& options);
  BulkResult decode_stream(ByteSource& source, ByteSink& sink,
                           const BulkDecodeOptions& options);

 private:
  struct Core;
  BulkResult decode(ByteSource& source, ByteSink& sink,
                    const BulkDecodeOptions& options, bool in_place);

  std::unique_ptr<Core> core_;
};

}  // namespace gpu_zstd
