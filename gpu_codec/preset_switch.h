// From a preset's number to code compiled for it.
#pragma once

#include <cstdint>
#include <utility>

#include "gpu_codec/params.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

// What the encoder is compiled for: a preset, and blocks of up to so many
// bytes.
template <uint32_t kPresetNumber, uint32_t kMaxBytes>
struct EncoderKind {
  static constexpr uint32_t kPreset = kPresetNumber;
  static constexpr uint32_t kBlockBytes = kMaxBytes;
};

template <uint32_t kPreset = 0, class F>
void with_preset(uint32_t preset, uint32_t block_bytes, F&& f) {
  if (preset == kPreset) {
    if (block_bytes <= kTinyBlockBytes) {
      f(EncoderKind<kPreset, kTinyBlockBytes>{});
    } else if (block_bytes <= kSmallBlockBytes) {
      f(EncoderKind<kPreset, kSmallBlockBytes>{});
    } else {
      f(EncoderKind<kPreset, kMaxBlockBytes>{});
    }
    return;
  }
  if constexpr (kPreset + 1 < kPresets) {
    with_preset<kPreset + 1>(preset, block_bytes, std::forward<F>(f));
  }
}

}  // namespace gpu_zstd
