// From a preset's number to code compiled for it.
#pragma once

#include <cstdint>
#include <utility>

#include "gpu_codec/params.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

// What the encoder is compiled for: a preset, and blocks up to
// kSmallBlockBytes or larger ones.
template <uint32_t kPresetNumber, bool kIsSmall>
struct EncoderKind {
  static constexpr uint32_t kPreset = kPresetNumber;
  static constexpr bool kSmall = kIsSmall;
};

template <uint32_t kPreset = 0, class F>
void with_preset(uint32_t preset, uint32_t block_bytes, F&& f) {
  if (preset == kPreset) {
    if (block_bytes <= kSmallBlockBytes) {
      f(EncoderKind<kPreset, true>{});
    } else {
      f(EncoderKind<kPreset, false>{});
    }
    return;
  }
  if constexpr (kPreset + 1 < kPresets) {
    with_preset<kPreset + 1>(preset, block_bytes, std::forward<F>(f));
  }
}

}  // namespace gpu_zstd
