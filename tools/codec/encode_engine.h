// The engines that encode_blocks and bench_codec compare.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gpu_zstd::tools {

// An input cut into blocks of `block_bytes`, the last of which may be shorter.
// An empty input is one empty block.
struct BlockList {
  std::span<const uint8_t> input;
  size_t block_bytes;

  size_t count() const {
    return std::max<size_t>(1, (input.size() + block_bytes - 1) / block_bytes);
  }
  std::span<const uint8_t> block(size_t b) const {
    const size_t first = b * block_bytes;
    return input.subspan(first, std::min(block_bytes, input.size() - first));
  }
};

// Frames at equal distances in one memory.
struct FrameSet {
  std::vector<uint8_t> memory;
  size_t stride = 0;
  std::vector<size_t> sizes;

  std::span<const uint8_t> frame(size_t k) const {
    return {memory.data() + k * stride, sizes[k]};
  }
};

// Named numbers, in the order to print them.
using Figures = std::vector<std::pair<std::string, double>>;

// Encodes blocks to zstd frames, one each. One thread may use it at a time.
// Throws std::runtime_error when the engine fails.
class EncodeEngine {
 public:
  virtual ~EncodeEngine() = default;

  // What the seconds of encode() are.
  virtual std::string measures() const = 0;

  // The blocks to encode from now on; they must outlive the last encode().
  virtual void load(const BlockList& blocks) = 0;

  // Encodes the blocks first .. first + count - 1 and returns the seconds it
  // took.
  virtual double encode(size_t first, size_t count) = 0;

  // The frames of the last encode(), valid until the next.
  virtual const FrameSet& frames() = 0;

  // What the engine takes of its device, and how many cycles a block spent in
  // each stage since the last call. Nothing where that is not known.
  virtual Figures resources() { return {}; }
  virtual Figures take_stage_cycles() { return {}; }
};

struct EngineOptions {
  int level = 3;
  bool checksum = false;
  unsigned threads = 1;  // of the engines on the CPU
  // The file of nvCOMP; empty: the one that the loader finds.
  std::string nvcomp_library;
};

inline constexpr const char* kEngineNames =
    "host, cpu, gpu, nvcomp, stream or stream_pinned";

// Whether the engine's frames depend on the level.
bool has_levels(const std::string& engine);

// Whether they are those of the host model, byte for byte.
bool makes_model_frames(const std::string& engine);

// `name` is host (the GPU encoder's algorithms, run on the CPU), cpu (libzstd),
// gpu (kernel time on the current device, with all memory on it), nvcomp (the
// same of nvCOMP's zstd), stream or stream_pinned (the streaming pipeline over
// that device). Throws std::runtime_error when there is no such engine here.
std::unique_ptr<EncodeEngine> make_engine(const std::string& name,
                                          const EngineOptions& options);

}  // namespace gpu_zstd::tools
