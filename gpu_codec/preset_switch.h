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

// Calls f(EncoderKind) for the layout that a preset has for `block_bytes`.
template <uint32_t kPreset, class F>
auto with_layout(uint32_t block_bytes, F&& f) {
  if (block_bytes <= kTinyBlockBytes) {
    return f(EncoderKind<kPreset, kTinyBlockBytes>{});
  }
  if (block_bytes <= kSmallBlockBytes) {
    return f(EncoderKind<kPreset, kSmallBlockBytes>{});
  }
  if constexpr (kPresetTable[kPreset].parse == Parse::kLazy) {
    if (block_bytes <= kMediumBlockBytes) {
      return f(EncoderKind<kPreset, kMediumBlockBytes>{});
    }
  }
  return f(EncoderKind<kPreset, kMaxBlockBytes>{});
}

template <uint32_t kPreset = 0, class F>
void with_preset(uint32_t preset, uint32_t block_bytes, F&& f) {
  if (preset == kPreset) {
    with_layout<kPreset>(block_bytes, std::forward<F>(f));
    return;
  }
  if constexpr (kPreset + 1 < kPresets) {
    with_preset<kPreset + 1>(preset, block_bytes, std::forward<F>(f));
  }
}

}  // namespace gpu_zstd
