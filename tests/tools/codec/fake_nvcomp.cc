// A library with nvCOMP's names, for tests of what looks for it. It works on
// host memory: a "frame" is the chunk's bytes, each plus one.
#include <cstddef>
#include <cstdint>

namespace {

struct Options {
  char reserved[64];
};

// Statuses of nvCOMP's.
constexpr int32_t kSuccess = 0;
constexpr int32_t kInvalidValue = 10;
constexpr int32_t kChunkSizeTooLarge = 18;

}  // namespace

extern "C" {

int32_t nvcompGetProperties(uint32_t* properties) {
  properties[0] = FAKE_VERSION;
  properties[1] = 13000;
  return kSuccess;
}

#if FAKE_VERSION < 6000
int32_t nvcompBatchedZstdCompressGetTempSizeAsync(size_t chunks, size_t max,
                                                  Options options,
                                                  size_t* bytes, size_t total) {
  *bytes = chunks * 1000 + max * 10 + total + options.reserved[63];
  return kSuccess;
}
#else
int32_t nvcompBatchedZstdCompressGetTempSize(size_t chunks, size_t max,
                                             Options options, size_t* bytes,
                                             size_t total, void* stream) {
  if (stream != nullptr) return kInvalidValue;
  *bytes = chunks * 1000 + max * 10 + total + options.reserved[63];
  return kSuccess;
}
#endif

int32_t nvcompBatchedZstdCompressGetRequiredAlignments(Options,
                                                       size_t* alignments) {
  alignments[0] = 4;
  alignments[1] = 8;
  alignments[2] = 16;
  return kSuccess;
}

int32_t nvcompBatchedZstdCompressGetMaxOutputChunkSize(size_t max, Options,
                                                       size_t* bytes) {
  if (max > 1 << 20) return kChunkSizeTooLarge;
  *bytes = max + 7;
  return kSuccess;
}

#ifndef FAKE_LACKS_COMPRESSION
int32_t nvcompBatchedZstdCompressAsync(const void* const* inputs,
                                       const size_t* input_sizes, size_t max,
                                       size_t chunks, void* temp,
                                       size_t temp_bytes, void* const* outputs,
                                       size_t* output_sizes, Options,
                                       int32_t* statuses, void*) {
  if (temp == nullptr || temp_bytes == 0) return kInvalidValue;
  for (size_t c = 0; c < chunks; ++c) {
    const uint8_t* in = static_cast<const uint8_t*>(inputs[c]);
    uint8_t* out = static_cast<uint8_t*>(outputs[c]);
    for (size_t i = 0; i < input_sizes[c]; ++i) {
      out[i] = static_cast<uint8_t>(in[i] + 1);
    }
    output_sizes[c] = input_sizes[c];
    statuses[c] = input_sizes[c] > max ? kChunkSizeTooLarge : kSuccess;
  }
  return kSuccess;
}
#endif

}  // extern "C"
