#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/pipeline/cuda_slots.h"
#include "gpu_codec/pipeline/pipeline.h"
#include "tools/codec/cuda_device.h"
#include "tools/codec/device_array.h"
#include "tools/codec/gpu_engine.h"

namespace gpu_zstd::tools {
namespace {

// Input bytes of a slot: enough blocks to fill a device, few enough for the
// first slot to be on its way soon.
constexpr size_t kSlotBytes = 8 << 20;

void check_pipeline(PipelineError error) {
  if (error != nullptr) throw std::runtime_error(error);
}

// The input as memory that the device can read, while this lives.
class PinnedInput {
 public:
  explicit PinnedInput(std::span<const uint8_t> input)
      : memory_(const_cast<uint8_t*>(input.data())) {
    check_cuda(cudaHostRegister(memory_, input.size(), cudaHostRegisterDefault),
               "pinning the input");
  }
  PinnedInput(const PinnedInput&) = delete;
  PinnedInput& operator=(const PinnedInput&) = delete;
  ~PinnedInput() { cudaHostUnregister(memory_); }

 private:
  void* memory_;
};

class StreamEngine : public EncodeEngine {
 public:
  StreamEngine(const EngineOptions& options, bool pinned) {
    options_.level = options.level;
    options_.checksum = options.checksum;
    options_.pinned_input = pinned;
  }

  std::string measures() const override {
    return std::string("wall time, from ") +
           (options_.pinned_input ? "pinned" : "ordinary") +
           " host memory to host memory, one thread";
  }

  void load(const BlockList& blocks) override {
    if (blocks.input.empty()) {
      throw std::runtime_error("the streaming pipeline needs some input");
    }
    pipeline_.reset();
    pinned_.reset();
    blocks_ = blocks;
    options_.block_bytes = blocks.block_bytes;
    options_.blocks_per_slot =
        std::max<size_t>(1, kSlotBytes / blocks.block_bytes);
    frames_.stride = max_frame_bytes(blocks.block_bytes);
    frames_.memory.resize(blocks.count() * frames_.stride);
    if (options_.pinned_input) pinned_.emplace(blocks.input);
    pipeline_.emplace(make_cuda_slots());
    check_pipeline(pipeline_->open(options_, frames_.stride));
  }

  double encode(size_t first, size_t count) override {
    using Clock = std::chrono::steady_clock;
    const size_t begin = first * blocks_.block_bytes;
    const std::span<const uint8_t> input = blocks_.input.subspan(
        begin,
        std::min(count * blocks_.block_bytes, blocks_.input.size() - begin));
    frames_.sizes.assign(count, 0);
    const auto start = Clock::now();
    check_pipeline(pipeline_->encode(
        input, [&](size_t block, std::span<const uint8_t> frame) {
          std::memcpy(frames_.memory.data() + block * frames_.stride,
                      frame.data(), frame.size());
          frames_.sizes[block] = frame.size();
        }));
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  const FrameSet& frames() override { return frames_; }

 private:
  PipelineOptions options_;
  BlockList blocks_{{}, 1};
  std::optional<PinnedInput> pinned_;
  std::optional<Pipeline> pipeline_;
  FrameSet frames_;
};

}  // namespace

std::unique_ptr<EncodeEngine> make_stream_engine(const EngineOptions& options,
                                                 bool pinned) {
  require_cuda_device();
  return std::make_unique<StreamEngine>(options, pinned);
}

}  // namespace gpu_zstd::tools
