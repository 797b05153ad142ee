#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gpu_zstd::testing {

// What one block of a frame was made of; for tests that must know which path
// an encoder took.
struct BlockInfo {
  enum class Type { kRaw = 0, kRle = 1, kCompressed = 2 };
  enum class Literals { kRaw = 0, kRle = 1, kCompressed = 2, kTreeless = 3 };
  enum class Mode { kPredefined = 0, kRle = 1, kFse = 2, kRepeat = 3 };

  Type type = Type::kRaw;
  size_t stored_bytes = 0;   // without the three header bytes
  size_t content_bytes = 0;  // what it decodes to
  // The rest is set for compressed blocks only.
  Literals literals = Literals::kRaw;
  size_t literal_count = 0;
  int literal_streams = 0;  // 1 or 4, for the two Huffman forms
  size_t sequence_count = 0;
  Mode literal_length_mode = Mode::kPredefined;
  Mode offset_mode = Mode::kPredefined;
  Mode match_length_mode = Mode::kPredefined;
  // Accuracy logs of the tables.
  int literal_length_log = 0;
  int offset_log = 0;
  int match_length_log = 0;
};

// The verdict on one frame. When `ok` is false, `field` is the name RFC 8878
// gives the part that is wrong, `offset` the byte where that part begins, and
// `expected` says what should have stood there and what did.
struct FrameCheck {
  bool ok = false;
  size_t offset = 0;
  std::string field;
  std::string expected;

  std::vector<uint8_t> content;  // as far as it could be decoded
  bool single_segment = false;
  bool has_content_size = false;
  uint64_t content_size = 0;
  bool has_checksum = false;
  std::vector<BlockInfo> blocks;

  // One line for an assertion's message.
  std::string message() const;
};

// Decodes and checks exactly one zstd frame without a dictionary (RFC 8878,
// sections 3.1.1 and 4), written from the RFC and sharing no code with the
// encoder. Stricter than a decoder need be: reserved bits must be zero, every
// bitstream must be consumed to its last bit, and nothing may follow the frame.
// Frames larger than 1 GiB of content are refused. Thread-safe.
FrameCheck check_frame(std::span<const uint8_t> frame);

}  // namespace gpu_zstd::testing
