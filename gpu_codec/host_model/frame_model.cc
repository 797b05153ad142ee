#include "gpu_codec/host_model/frame_model.h"

#include <algorithm>
#include <array>
#include <vector>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_encoder.h"
#include "gpu_codec/preset_switch.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd::host_model {

// Memory for blocks of any preset.
class FrameEncoder::Memory {
 public:
  explicit Memory(size_t max_chunk_bytes, int level)
      : block_bytes_(static_cast<uint32_t>(
            std::clamp<size_t>(max_chunk_bytes, 1, kMaxBlockBytes))) {
    for (uint32_t bytes :
         {1u, std::min(block_bytes_, kSmallBlockBytes),
          std::min(block_bytes_, kMediumBlockBytes), block_bytes_}) {
      with_preset(preset_of(level, bytes), bytes, [&]<class Kind>(Kind) {
        Carver fast;
        Carver slow;
        carve_encoder<Kind::kPreset, Kind::kBlockBytes>(fast, slow);
        grow(fast_, fast.used());
        grow(slow_, slow.used());
      });
    }
  }

  template <class Kind>
  FrameEncoderMemory<Kind::kPreset, Kind::kBlockBytes> carve() {
    Carver fast(reinterpret_cast<uint8_t*>(fast_.data()));
    Carver slow(reinterpret_cast<uint8_t*>(slow_.data()));
    return carve_encoder<Kind::kPreset, Kind::kBlockBytes>(fast, slow);
  }

 private:
  using Line = std::array<uint64_t, 2>;

  static void grow(std::vector<Line>& lines, size_t bytes) {
    lines.resize(std::max(lines.size(), bytes / sizeof(Line) + 1));
  }

  uint32_t block_bytes_;
  std::vector<Line> fast_;
  std::vector<Line> slow_;
};

FrameEncoder::FrameEncoder(size_t max_chunk_bytes, int level, bool checksum)
    : memory_(std::make_unique<Memory>(max_chunk_bytes, level)),
      level_(level),
      checksum_(checksum) {}

FrameEncoder::~FrameEncoder() = default;

size_t FrameEncoder::encode(std::span<const uint8_t> chunk,
                            std::span<uint8_t> out) {
  const uint32_t block_bytes = static_cast<uint32_t>(
      std::clamp<size_t>(chunk.size(), 1, kMaxBlockBytes));
  const FrameJob job{chunk.data(), chunk.size(), out.data(), out.size(),
                     checksum_};
  size_t bytes = 0;
  with_preset(preset_of(level_, block_bytes), block_bytes,
              [&]<class Kind>(Kind) {
                HostExec<kWarpThreads> x;
                auto memory = memory_->carve<Kind>();
                bytes = encode_frame(x, memory, job);
              });
  return bytes;
}

}  // namespace gpu_zstd::host_model
