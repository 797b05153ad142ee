#include "cpu_fallback/bulk/frame_reader.h"

#include <algorithm>
#include <cstring>

namespace gpu_zstd {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;

BulkStatus truncated(uint64_t end, uint64_t frame_start) {
  return {BulkError::kTruncated, end,
          "the input ends inside the frame that starts at byte " +
              std::to_string(frame_start)};
}

// What bytes that start no frame are: everything, or an appendix.
BulkStatus not_a_frame(uint64_t offset) {
  if (offset == 0) {
    return {BulkError::kNotZstd, 0, "the input is not in zstd format"};
  }
  return {BulkError::kTrailingGarbage, offset,
          "after whole zstd frames come bytes that start none"};
}

Scan failed(BulkStatus status) {
  return {ScanOutcome::kError, 0, 0, std::move(status)};
}

// Walks the blocks of the frame in view. A frame may take somewhat more room
// than libzstd's bound, but not much more before it counts as large.
Scan scan_blocks(BufferedReader& reader, const FrameHeader& header) {
  const uint64_t start = reader.position();
  const uint64_t limit = max_frame_bytes_of(*header.content_bytes) + kReadBytes;
  size_t end = header.header_bytes;
  bool last = false;
  while (!last) {
    const auto seen = reader.view(end + kBlockHeaderBytes);
    if (seen.size() < end + kBlockHeaderBytes) {
      return failed(truncated(start + seen.size(), start));
    }
    const BlockHeader block = parse_block_header(seen.data() + end);
    if (block.type == 3) {
      return failed({BulkError::kCorrupt, start + end,
                     "a block header of reserved type, in the frame that "
                     "starts at byte " +
                         std::to_string(start)});
    }
    last = block.last;
    end += kBlockHeaderBytes + block.stored_bytes;
    if (end > limit) {
      return {ScanOutcome::kLarge, 0, *header.content_bytes, {}};
    }
  }
  end += header.checksum ? kChecksumBytes : 0;
  const auto seen = reader.view(end);
  if (seen.size() < end) {
    return failed(truncated(start + seen.size(), start));
  }
  return {ScanOutcome::kFrame, end, *header.content_bytes, {}};
}

// Consumes a skippable frame, piece by piece: it may be large.
BulkStatus skip(BufferedReader& reader, const FrameHeader& header) {
  const uint64_t start = reader.position();
  uint64_t left = header.header_bytes + *header.content_bytes;
  while (left > 0) {
    const size_t piece =
        reader.view(std::min<uint64_t>(left, kReadBytes)).size();
    if (piece == 0) {
      return truncated(reader.position(), start);
    }
    reader.consume(piece);
    left -= piece;
  }
  return {};
}

}  // namespace

BufferedReader::BufferedReader(ByteSource& source)
    : source_(source), memory_(source.memory()) {}

std::span<const char> BufferedReader::view(size_t bytes) {
  if (memory_) {
    return memory_->subspan(
        position_, std::min<size_t>(bytes, memory_->size() - position_));
  }
  while (end_ - begin_ < bytes && !at_end_ && status_.ok()) {
    if (!fill(bytes)) {
      break;
    }
  }
  return {buffer_.data() + begin_, std::min(bytes, end_ - begin_)};
}

// Makes room for `bytes` and a read ahead, and reads.
bool BufferedReader::fill(size_t bytes) {
  if (buffer_.capacity() - begin_ < bytes + kReadBytes) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (!buffer_.grow(bytes + kReadBytes, end_)) {
      status_ = {BulkError::kNoMemory, position_, "no memory to read a frame"};
      return false;
    }
  }
  size_t got = 0;
  status_ = source_.read(std::span(buffer_.data() + end_, kReadBytes), &got);
  end_ += got;
  at_end_ = got < kReadBytes;
  return status_.ok();
}

void BufferedReader::consume(size_t bytes) {
  position_ += bytes;
  if (!memory_) {
    begin_ += bytes;
  }
}

Scan scan_frame(BufferedReader& reader, uint64_t max_content_bytes) {
  while (true) {
    const auto seen = reader.view(kMaxFrameHeaderBytes);
    if (!reader.status().ok()) {
      return failed(reader.status());
    }
    if (seen.empty()) {
      return {};
    }
    FrameHeader header;
    const HeaderOutcome outcome = parse_frame_header(seen, &header);
    if (outcome == HeaderOutcome::kNotAFrame ||
        (outcome == HeaderOutcome::kCutShort && seen.size() < 4)) {
      return failed(not_a_frame(reader.position()));
    }
    if (outcome == HeaderOutcome::kCutShort) {
      return failed(
          truncated(reader.position() + seen.size(), reader.position()));
    }
    if (!header.skippable) {
      if (!header.content_bytes || *header.content_bytes > max_content_bytes) {
        return {ScanOutcome::kLarge, 0, header.content_bytes.value_or(0), {}};
      }
      Scan scan = scan_blocks(reader, header);
      return reader.status().ok() ? scan : failed(reader.status());
    }
    if (BulkStatus status = skip(reader, header); !status.ok()) {
      return failed(reader.status().ok() ? status : reader.status());
    }
  }
}

}  // namespace gpu_zstd
