// Host model of the encoder: the frames that the GPU makes, byte for byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gpu_zstd::host_model {

// Encodes chunks on the calling thread. Keeps its memory from one to the next,
// so that one object serves one thread at a time.
class FrameEncoder {
 public:
  // For chunks of up to `max_chunk_bytes`, at a level of params.h.
  FrameEncoder(size_t max_chunk_bytes, int level, bool checksum);
  ~FrameEncoder();

  // Writes the frame of `chunk` to `out` and returns its length, or 0 when it
  // is longer than `out`. Nothing is written beyond `out`.
  size_t encode(std::span<const uint8_t> chunk, std::span<uint8_t> out);

 private:
  class Memory;
  std::unique_ptr<Memory> memory_;
  int level_;
  bool checksum_;
};

}  // namespace gpu_zstd::host_model
