#include "cpu_fallback/bulk/bulk_codec.h"

#include <algorithm>
#include <exception>
#include <new>

#include "cpu_fallback/bulk/frame_decoder.h"
#include "cpu_fallback/bulk/frame_encoder.h"
#include "cpu_fallback/bulk/frame_plan.h"
#include "cpu_fallback/bulk/one_frame.h"
#include "cpu_fallback/zstd_cpu.h"

namespace gpu_zstd {
namespace {

// A frame up to here is decoded whole, beside others; a larger one as a stream.
constexpr uint64_t kMaxWholeContent = uint64_t{64} << 20;

// With a place for every byte a frame of any size is decoded whole.
constexpr uint64_t kAnyContent = uint64_t{1} << 48;

// Frames in flight where they cost no buffers.
constexpr size_t kSlotsInPlace = 1024;

BulkStatus bad_option(const std::string& message) {
  return {BulkError::kBadOption, 0, message};
}

BulkStatus check_options(const BulkEncodeOptions& options) {
  if (options.level == 0 || options.level < zstd_min_level() ||
      options.level > zstd_max_level()) {
    return bad_option("level " + std::to_string(options.level) +
                      " is not one of libzstd " + zstd_version());
  }
  if (options.window_log != 0 &&
      (options.window_log < 10 || options.window_log > 30)) {
    return bad_option("window_log " + std::to_string(options.window_log) +
                      " is not 0 or from 10 to 30");
  }
  constexpr size_t kMinFrame = size_t{64} << 10;
  constexpr size_t kMaxFrame = size_t{1} << 30;
  if (options.frame_bytes != 0 &&
      (options.frame_bytes < kMinFrame || options.frame_bytes > kMaxFrame)) {
    return bad_option("frame_bytes " + std::to_string(options.frame_bytes) +
                      " is not 0 or from 64 KiB to 1 GiB");
  }
  if (options.layout == BulkLayout::kOneFrame &&
      (options.seekable || options.window_log != 0)) {
    return bad_option("one frame takes neither seekable nor window_log");
  }
  return {};
}

// Runs `body`, whose exceptions become a status.
template <typename Body>
BulkResult guarded(const Body& body) {
  BulkResult result;
  try {
    return body();
  } catch (const std::bad_alloc&) {
    result.status = {BulkError::kNoMemory, 0, "out of memory"};
  } catch (const std::exception& error) {
    result.status = {BulkError::kFailed, 0,
                     std::string("exception: ") + error.what()};
  } catch (...) {
    result.status = {BulkError::kFailed, 0, "unknown exception"};
  }
  return result;
}

}  // namespace

struct BulkCodec::Core {
  explicit Core(const BulkLimits& wanted)
      : limits(wanted),
        engine(std::max(1u, wanted.workers)),
        resources(2 * tokens_for(1, wanted)) {
    limits.workers = std::max(1u, wanted.workers);
  }
  BulkLimits limits;
  OrderedEngine engine;
  Resources resources;
};

BulkCodec::BulkCodec(const BulkLimits& limits)
    : core_(std::make_unique<Core>(limits)) {}
BulkCodec::~BulkCodec() = default;

const BulkLimits& BulkCodec::limits() const { return core_->limits; }

size_t BulkCodec::max_output_bytes(size_t raw_bytes,
                                   const BulkEncodeOptions& options) {
  if (options.layout == BulkLayout::kOneFrame) {
    return one_frame_bound(raw_bytes, options.level);
  }
  const size_t frame = planned_frame_bytes(options, raw_bytes);
  const size_t frames = raw_bytes / frame + 1;
  const size_t bound = frames * max_frame_bytes_of(frame);
  return options.seekable ? bound + 8 * frames + 8 + kSeekFooterBytes : bound;
}

BulkResult BulkCodec::compress(std::span<const char> src, std::span<char> dst,
                               const BulkEncodeOptions& options) {
  if (options.layout == BulkLayout::kOneFrame) {
    return guarded([&] {
      BulkStatus status = check_options(options);
      return status.ok() ? compress_one_frame(src, dst, options, core_->limits,
                                              core_->engine, core_->resources)
                         : BulkResult{status, 0, 0};
    });
  }
  MemorySource source(src);
  MemorySink sink(dst);
  return encode_stream(source, sink, options);
}

BulkResult BulkCodec::compress_to(std::span<const char> src,
                                  const BulkSink& function,
                                  const BulkEncodeOptions& options) {
  MemorySource source(src);
  FunctionSink sink(function);
  return encode_stream(source, sink, options);
}

BulkResult BulkCodec::encode_stream(ByteSource& source, ByteSink& sink,
                                    const BulkEncodeOptions& options) {
  return guarded([&] {
    BulkResult result;
    result.status = check_options(options);
    if (result.ok() && options.layout == BulkLayout::kOneFrame) {
      result.status = bad_option("one frame is made from memory to memory");
    }
    if (!result.ok()) {
      return result;
    }
    const RunPlan plan = plan_encoding(source, options, core_->limits);
    FrameEncoder encoder(source, sink, options, plan, core_->resources);
    core_->engine.run(encoder, plan.strategy, plan.slots);
    result.status = encoder.finish();
    result.bytes_in = encoder.progress().bytes_in;
    result.bytes_out = encoder.progress().bytes_out;
    return result;
  });
}

BulkResult BulkCodec::decompress(std::span<const char> src, std::span<char> dst,
                                 const BulkDecodeOptions& options) {
  MemorySource source(src);
  MemorySink sink(dst);
  return decode(source, sink, options, /*in_place=*/true);
}

BulkResult BulkCodec::decompress_to(std::span<const char> src,
                                    const BulkSink& function,
                                    const BulkDecodeOptions& options) {
  MemorySource source(src);
  FunctionSink sink(function);
  return decode(source, sink, options, /*in_place=*/false);
}

BulkResult BulkCodec::decode_stream(ByteSource& source, ByteSink& sink,
                                    const BulkDecodeOptions& options) {
  return decode(source, sink, options, /*in_place=*/false);
}

BulkResult BulkCodec::decode(ByteSource& source, ByteSink& sink,
                             const BulkDecodeOptions& options, bool in_place) {
  return guarded([&] {
    const BulkLimits& limits = core_->limits;
    const auto total = source.total_bytes();
    const BulkStrategy strategy = choose_strategy(
        total.value_or(0), total ? 2 : 0, options.strategy, limits);
    const size_t slots =
        strategy == BulkStrategy::kSingle
            ? 1
            : (in_place ? kSlotsInPlace
                        : tokens_for(2 * kMaxWholeContent, limits));
    BufferedReader reader(source);
    DecodeRun run{reader,   sink,
                  options,  core_->resources,
                  in_place, in_place ? kAnyContent : kMaxWholeContent,
                  {},       {}};
    run.progress.total_in = total.value_or(0);
    bool more = options.max_window_log >= 10 && options.max_window_log <= 31;
    if (!more) {
      run.status = bad_option("max_window_log is not from 10 to 31");
    }
    while (more) {
      FrameDecoder whole(run, slots);
      core_->engine.run(whole, strategy, slots);
      more = run.status.ok() && whole.found_large();
      if (more) {
        // Serial but for the writing, which the pipeline overlaps.
        const bool alone =
            limits.workers == 1 || strategy == BulkStrategy::kSingle;
        LargeFrameDecoder large(run, 2);
        core_->engine.run(
            large, alone ? BulkStrategy::kSingle : BulkStrategy::kPipeline, 2);
        more = run.status.ok();
      }
    }
    if (run.status.ok() && reader.position() == 0) {
      run.status = {BulkError::kNotZstd, 0, "the input is empty"};
    }
    if (run.status.ok()) {
      run.progress.bytes_in = reader.position();  // skippable frames behind
    }
    return BulkResult{run.status, run.progress.bytes_in,
                      run.progress.bytes_out};
  });
}

}  // namespace gpu_zstd
