#include "tests/support/frame_checker.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "tests/support/checker_bits.h"
#include "tests/support/checker_block.h"

namespace gpu_zstd::testing {
namespace {

constexpr size_t kMaxBlockBytes = 128 * 1024;
constexpr uint64_t kMaxContentBytes = uint64_t{1} << 30;

// Reads magic number and Frame_Header; returns their length.
size_t read_frame_header(Section frame, FrameState* state, FrameCheck* check) {
  const uint64_t magic = frame.little_endian(0, 4, "Magic_Number");
  if (magic != 0xFD2FB528) {
    throw CheckFailure{0, "Magic_Number", "0xFD2FB528"};
  }
  const std::string field = "Frame_Header_Descriptor";
  const uint64_t descriptor = frame.little_endian(4, 1, field);
  if (descriptor & 0x08) {
    throw CheckFailure{4, field + ".Reserved_bit", "zero"};
  }
  if (descriptor & 0x10) {
    throw CheckFailure{4, field + ".Unused_bit", "zero"};
  }
  if (descriptor & 0x03) {
    throw CheckFailure{4, field + ".Dictionary_ID_flag", "no dictionary"};
  }
  check->single_segment = descriptor & 0x20;
  check->has_checksum = descriptor & 0x04;
  size_t position = 5;
  if (!check->single_segment) {
    const uint64_t window = frame.little_endian(5, 1, "Window_Descriptor");
    const uint64_t base = uint64_t{1} << (10 + (window >> 3));
    state->window_bytes = base + base / 8 * (window & 7);
    position += 1;
  }
  const int flag = static_cast<int>(descriptor >> 6);
  const size_t bytes =
      flag == 0 ? (check->single_segment ? 1 : 0) : size_t{1} << flag;
  check->has_content_size = bytes > 0;
  if (bytes > 0) {
    check->content_size =
        frame.little_endian(position, bytes, "Frame_Content_Size") +
        (bytes == 2 ? 256 : 0);
    if (check->content_size > kMaxContentBytes) {
      throw CheckFailure{position, "Frame_Content_Size", "at most 1 GiB"};
    }
    if (check->single_segment) state->window_bytes = check->content_size;
    position += bytes;
  }
  state->block_limit = static_cast<size_t>(
      std::min<uint64_t>(state->window_bytes, kMaxBlockBytes));
  return position;
}

// Reads one block at *position and advances it; true for the last one.
bool read_block(Section frame, FrameState* state, size_t* position,
                FrameCheck* check) {
  const uint64_t header = frame.little_endian(*position, 3, "Block_Header");
  const size_t size = header >> 3;
  const int type = header >> 1 & 3;
  if (type == 3) {
    throw CheckFailure{frame.offset + *position, "Block_Type",
                       "raw, RLE or compressed"};
  }
  if (size > state->block_limit) {
    throw CheckFailure{frame.offset + *position, "Block_Size",
                       "at most " + std::to_string(state->block_limit) +
                           ", found " + std::to_string(size)};
  }
  check->blocks.emplace_back();
  BlockInfo& info = check->blocks.back();
  info.type = static_cast<BlockInfo::Type>(type);
  info.stored_bytes = info.type == BlockInfo::Type::kRle ? 1 : size;
  const Section block =
      frame.part(*position + 3, info.stored_bytes, "Block_Content");
  *position += 3 + info.stored_bytes;
  const size_t before = check->content.size();
  if (info.type == BlockInfo::Type::kRaw) {
    check->content.insert(check->content.end(), block.bytes.begin(),
                          block.bytes.end());
  } else if (info.type == BlockInfo::Type::kRle) {
    check->content.insert(check->content.end(), size, block[0]);
  } else {
    decode_compressed_block(block, state, &info, &check->content);
  }
  info.content_bytes = check->content.size() - before;
  if (check->has_content_size && check->content.size() > check->content_size) {
    throw CheckFailure{block.offset, "Frame_Content_Size",
                       std::to_string(check->content_size) +
                           " bytes, but the blocks hold more"};
  }
  if (check->content.size() > kMaxContentBytes) {
    throw CheckFailure{block.offset, "Block_Content", "at most 1 GiB"};
  }
  return header & 1;
}

void read_frame(Section frame, FrameCheck* check) {
  FrameState state;
  size_t position = read_frame_header(frame, &state, check);
  while (!read_block(frame, &state, &position, check)) {
  }
  if (check->has_content_size && check->content.size() != check->content_size) {
    throw CheckFailure{position, "Frame_Content_Size",
                       std::to_string(check->content_size) +
                           " bytes, but the blocks hold " +
                           std::to_string(check->content.size())};
  }
  if (check->has_checksum) {
    const uint64_t stored =
        frame.little_endian(position, 4, "Content_Checksum");
    const uint32_t actual = static_cast<uint32_t>(
        XXH64(check->content.data(), check->content.size(), 0));
    if (stored != actual) {
      throw CheckFailure{
          position, "Content_Checksum",
          std::to_string(actual) + ", found " + std::to_string(stored)};
    }
    position += 4;
  }
  if (position != frame.size()) {
    throw CheckFailure{position, "Frame",
                       "nothing after its end, but " +
                           std::to_string(frame.size() - position) +
                           " bytes follow"};
  }
}

}  // namespace

std::string FrameCheck::message() const {
  if (ok) return "a correct frame";
  return "byte " + std::to_string(offset) + ", " + field + ": expected " +
         expected;
}

FrameCheck check_frame(std::span<const uint8_t> frame) {
  FrameCheck check;
  try {
    read_frame({frame, 0}, &check);
    check.ok = true;
  } catch (const CheckFailure& failure) {
    check.offset = failure.offset;
    check.field = failure.field;
    check.expected = failure.expected;
  }
  return check;
}

}  // namespace gpu_zstd::testing
