#include "gpu_codec/host_model/lz77_model.h"

#include <array>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_encoder.h"
#include "gpu_codec/preset_switch.h"

namespace gpu_zstd::host_model {
namespace {

using Line = std::array<uint64_t, 2>;

std::vector<Line> lines(size_t bytes) {
  return std::vector<Line>(bytes / sizeof(Line) + 1);
}

Lz77Block copy_block(const BlockSequences& s) {
  Lz77Block block;
  block.source.assign(s.source, s.source + s.source_bytes);
  block.lit_lengths.assign(s.lit_lengths, s.lit_lengths + s.count);
  block.match_lengths.assign(s.match_lengths, s.match_lengths + s.count);
  block.off_bases.assign(s.off_bases, s.off_bases + s.count);
  block.literals.assign(s.literals, s.literals + s.literal_bytes);
  block.long_place = s.long_place;
  block.table_logs = s.table_logs;
  return block;
}

template <class Kind>
Lz77Block find_with(std::span<const uint8_t> block) {
  Carver fast_size;
  Carver slow_size;
  carve_encoder<Kind::kPreset, Kind::kBlockBytes>(fast_size, slow_size);
  std::vector<Line> fast_lines = lines(fast_size.used());
  std::vector<Line> slow_lines = lines(slow_size.used());
  Carver fast(reinterpret_cast<uint8_t*>(fast_lines.data()));
  Carver slow(reinterpret_cast<uint8_t*>(slow_lines.data()));
  auto memory = carve_encoder<Kind::kPreset, Kind::kBlockBytes>(fast, slow);
  HostExec<kWarpThreads> x;
  RepHistory after;
  return copy_block(find_block_sequences(x, memory, block.data(),
                                         static_cast<uint32_t>(block.size()),
                                         initial_history(), after));
}

}  // namespace

BlockSequences Lz77Block::view() const {
  return {source.data(),
          static_cast<uint32_t>(source.size()),
          lit_lengths.data(),
          match_lengths.data(),
          off_bases.data(),
          static_cast<uint32_t>(off_bases.size()),
          long_place,
          literals.data(),
          static_cast<uint32_t>(literals.size()),
          table_logs};
}

Lz77Block find_sequences(std::span<const uint8_t> block, int level) {
  const uint32_t n = static_cast<uint32_t>(block.size());
  Lz77Block result;
  with_preset(preset_of(level, n), n,
              [&]<class Kind>(Kind) { result = find_with<Kind>(block); });
  return result;
}

}  // namespace gpu_zstd::host_model
