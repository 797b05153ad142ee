#include "tools/codec/threaded_engine.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <zstd.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/host_model/frame_model.h"

namespace gpu_zstd::tools {
namespace {

// Encodes on one thread; returns the frame's length, 0 when that is above the
// output's.
class BlockEncoder {
 public:
  virtual ~BlockEncoder() = default;
  virtual size_t encode(std::span<const uint8_t> block,
                        std::span<uint8_t> out) = 0;
};

class HostBlockEncoder : public BlockEncoder {
 public:
  HostBlockEncoder(const EngineOptions& options, size_t block_bytes)
      : encoder_(block_bytes, options.level, options.checksum) {}

  size_t encode(std::span<const uint8_t> block,
                std::span<uint8_t> out) override {
    return encoder_.encode(block, out);
  }

 private:
  host_model::FrameEncoder encoder_;
};

class ZstdBlockEncoder : public BlockEncoder {
 public:
  explicit ZstdBlockEncoder(const EngineOptions& options)
      : context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel,
                           options.level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag,
                           options.checksum ? 1 : 0);
  }

  size_t encode(std::span<const uint8_t> block,
                std::span<uint8_t> out) override {
    const size_t bytes = ZSTD_compress2(context_.get(), out.data(), out.size(),
                                        block.data(), block.size());
    return ZSTD_isError(bytes) ? 0 : bytes;
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
};

using MakeEncoder = std::function<std::unique_ptr<BlockEncoder>(size_t)>;

class ThreadedEngine : public EncodeEngine {
 public:
  ThreadedEngine(unsigned threads, MakeEncoder make_encoder)
      : threads_(threads),
        make_encoder_(std::move(make_encoder)),
        arena_(static_cast<int>(threads)) {}

  std::string measures() const override {
    return "wall time, " + std::to_string(threads_) +
           (threads_ == 1 ? " thread" : " threads");
  }

  void load(const BlockList& blocks) override {
    blocks_ = blocks;
    encoders_.emplace(
        [make = make_encoder_, blocks] { return make(blocks.block_bytes); });
    frames_.stride =
        std::max<size_t>(ZSTD_compressBound(blocks.block_bytes),
                         frame_bound(blocks.block_bytes, kMaxBlockBytes, true));
    frames_.memory.resize(blocks.count() * frames_.stride);
  }

  double encode(size_t first, size_t count) override {
    using Clock = std::chrono::steady_clock;
    frames_.sizes.assign(count, 0);
    const auto start = Clock::now();
    if (count == 1) {
      encode_block(first, 0);
    } else {
      arena_.execute([&] {
        tbb::parallel_for(size_t{0}, count,
                          [&](size_t k) { encode_block(first + k, k); });
      });
    }
    const std::chrono::duration<double> seconds = Clock::now() - start;
    for (size_t k = 0; k < count; ++k) {
      if (frames_.sizes[k] == 0) {
        throw std::runtime_error("block " + std::to_string(first + k) +
                                 " was not encoded");
      }
    }
    return seconds.count();
  }

  const FrameSet& frames() override { return frames_; }

 private:
  void encode_block(size_t block, size_t k) {
    const std::span<uint8_t> out(frames_.memory.data() + k * frames_.stride,
                                 frames_.stride);
    frames_.sizes[k] = encoders_->local()->encode(blocks_.block(block), out);
  }

  unsigned threads_;
  MakeEncoder make_encoder_;
  tbb::task_arena arena_;
  BlockList blocks_{{}, 1};
  std::optional<tbb::enumerable_thread_specific<std::unique_ptr<BlockEncoder>>>
      encoders_;
  FrameSet frames_;
};

}  // namespace

std::unique_ptr<EncodeEngine> make_host_engine(const EngineOptions& options) {
  return std::make_unique<ThreadedEngine>(
      options.threads, [options](size_t block_bytes) {
        return std::make_unique<HostBlockEncoder>(options, block_bytes);
      });
}

std::unique_ptr<EncodeEngine> make_cpu_engine(const EngineOptions& options) {
  return std::make_unique<ThreadedEngine>(options.threads, [options](size_t) {
    return std::make_unique<ZstdBlockEncoder>(options);
  });
}

}  // namespace gpu_zstd::tools
