#include "tools/codec/soak.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>

#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/format.h"
#include "gpu_codec/host_model/frame_model.h"
#include "tools/inputs/chunk_shapes.h"

namespace gpu_zstd::tools {
namespace {

constexpr size_t kShapeBytes = 50'000;

// Bits that depend on all of x (the finaliser of splitmix64).
uint64_t mixed(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
  x = (x ^ x >> 27) * 0x94D049BB133111EB;
  return x ^ x >> 31;
}

struct FreeDecoder {
  void operator()(ZSTD_DCtx* decoder) const { ZSTD_freeDCtx(decoder); }
};

// What one thread checks frames with.
struct Judge {
  explicit Judge(const SoakOptions& options)
      : model(options.longest_block, options.level, true),
        decoder(ZSTD_createDCtx()),
        frame(frame_bound(options.longest_block, kMaxBlockBytes, true)),
        decoded(options.longest_block + 1) {}

  // What is wrong with a block's frames, or nullptr.
  const char* fault(Block block, std::span<const uint8_t> first,
                    std::span<const uint8_t> second, bool with_model) {
    if (first.empty() || second.empty()) return "it was not encoded";
    if (!std::ranges::equal(first, second)) {
      return "two shapes of batch gave different frames";
    }
    const size_t bytes =
        ZSTD_decompressDCtx(decoder.get(), decoded.data(), decoded.size(),
                            first.data(), first.size());
    if (ZSTD_isError(bytes)) return ZSTD_getErrorName(bytes);
    if (!std::ranges::equal(block, std::span(decoded).first(bytes))) {
      return "its frame decodes to something else";
    }
    if (!with_model) return nullptr;
    const size_t length = model.encode(block, frame);
    return std::ranges::equal(first, std::span(frame).first(length))
               ? nullptr
               : "its frame is not the host model's";
  }

  host_model::FrameEncoder model;
  std::unique_ptr<ZSTD_DCtx, FreeDecoder> decoder;
  std::vector<uint8_t> frame;
  std::vector<uint8_t> decoded;
};

class Soak {
 public:
  Soak(const SoakOptions& options, const BlockPool& pool, SoakEngine& engine)
      : options_(options),
        pool_(pool),
        engine_(engine),
        judges_([&options] { return Judge(options); }) {}

  SoakReport run() {
    const auto start = std::chrono::steady_clock::now();
    for (uint64_t first = 0; first < options_.blocks; first += options_.batch) {
      std::vector<Block> next = blocks_from(first);
      engine_.start(next);
      if (first > 0) check(first - options_.batch);
      blocks_.swap(next);
    }
    if (options_.blocks > 0) {
      check((options_.blocks - 1) / options_.batch * options_.batch);
    }
    const std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    report_.seconds = seconds.count();
    return report_;
  }

 private:
  std::vector<Block> blocks_from(uint64_t first) const {
    const size_t count =
        std::min<uint64_t>(options_.batch, options_.blocks - first);
    std::vector<Block> blocks(count);
    tbb::parallel_for(size_t{0}, count,
                      [&](size_t k) { blocks[k] = pool_.block(first + k); });
    return blocks;
  }

  // Checks blocks_, which begin with block number `first`.
  void check(uint64_t first) {
    const SoakFrames& frames = engine_.finish();
    std::atomic<size_t> wrong{blocks_.size()};
    tbb::parallel_for(size_t{0}, blocks_.size(), [&](size_t k) {
      if (fault(first, k, frames) == nullptr) return;
      // The first of all that are wrong.
      for (size_t seen = wrong; k < seen;) {
        if (wrong.compare_exchange_weak(seen, k)) break;
      }
    });
    if (wrong < blocks_.size()) {
      throw std::runtime_error("level " + std::to_string(options_.level) +
                               ", block " + std::to_string(first + wrong) +
                               " of " + std::to_string(blocks_[wrong].size()) +
                               " bytes: " + fault(first, wrong, frames));
    }
    for (size_t k = 0; k < blocks_.size(); ++k) {
      report_.raw_bytes += blocks_[k].size();
      report_.frame_bytes += frames.frame(0, k).size();
      report_.model_frames += for_model(first + k);
    }
    report_.blocks += blocks_.size();
  }

  bool for_model(uint64_t block) const {
    return block % options_.model_every == 0;
  }

  const char* fault(uint64_t first, size_t k, const SoakFrames& frames) {
    return judges_.local().fault(blocks_[k], frames.frame(0, k),
                                 frames.frame(1, k), for_model(first + k));
  }

  const SoakOptions& options_;
  const BlockPool& pool_;
  SoakEngine& engine_;
  tbb::enumerable_thread_specific<Judge> judges_;
  std::vector<Block> blocks_;
  SoakReport report_;
};

// The host model, whose two shapes of batch are two encoders with another past.
class HostSoakEngine : public SoakEngine {
 public:
  explicit HostSoakEngine(const SoakOptions& options)
      : stride_(frame_bound(options.longest_block, kMaxBlockBytes, true)),
        encoders_([options] {
          return host_model::FrameEncoder(options.longest_block, options.level,
                                          true);
        }) {}

  void start(std::span<const Block> blocks) override {
    Slot& slot = slots_[next_start_];
    next_start_ = 1 - next_start_;
    slot.frames.stride = stride_;
    for (int shape = 0; shape < 2; ++shape) {
      slot.memory[shape].resize(blocks.size() * stride_);
      slot.sizes[shape].resize(blocks.size());
      tbb::parallel_for(size_t{0}, blocks.size(), [&](size_t i) {
        const size_t k = shape == 0 ? i : blocks.size() - 1 - i;
        slot.sizes[shape][k] = encoders_.local().encode(
            blocks[k],
            std::span(slot.memory[shape]).subspan(k * stride_, stride_));
      });
      slot.frames.shapes[shape] = {slot.memory[shape].data(),
                                   slot.sizes[shape].data()};
    }
  }

  const SoakFrames& finish() override {
    const Slot& slot = slots_[next_finish_];
    next_finish_ = 1 - next_finish_;
    return slot.frames;
  }

 private:
  struct Slot {
    std::vector<uint8_t> memory[2];
    std::vector<size_t> sizes[2];
    SoakFrames frames;
  };

  size_t stride_;
  tbb::enumerable_thread_specific<host_model::FrameEncoder> encoders_;
  Slot slots_[2];
  int next_start_ = 0;
  int next_finish_ = 0;
};

}  // namespace

BlockPool::BlockPool(size_t bytes, size_t longest_block, uint32_t seed)
    : longest_block_(longest_block), seed_(mixed(seed)) {
  bytes = std::max(bytes, 2 * longest_block);
  for (uint32_t s = seed; bytes_.size() < bytes; ++s) {
    for (const inputs::NamedChunk& shape :
         inputs::chunk_shapes(std::max(kShapeBytes, longest_block), s)) {
      bytes_.insert(bytes_.end(), shape.bytes.begin(), shape.bytes.end());
    }
  }
}

Block BlockPool::block(uint64_t k) const {
  const size_t size = mixed(seed_ ^ 2 * k) % (longest_block_ + 1);
  const size_t first = mixed(seed_ ^ (2 * k + 1)) % (bytes_.size() - size + 1);
  return Block(bytes_).subspan(first, size);
}

std::unique_ptr<SoakEngine> make_soak_engine(const std::string& name,
                                             const SoakOptions& options,
                                             const BlockPool& pool) {
  if (name == "host") return std::make_unique<HostSoakEngine>(options);
  if (name == "gpu") return make_gpu_soak_engine(options, pool);
  throw std::runtime_error("there is no engine '" + name +
                           "'; expected host or gpu");
}

SoakReport run_soak(const SoakOptions& options, const BlockPool& pool,
                    SoakEngine& engine) {
  return Soak(options, pool, engine).run();
}

}  // namespace gpu_zstd::tools
