#include "cpu_fallback/bulk/frame_decoder.h"

#include <cstring>

namespace gpu_zstd {
namespace {

// Frames are gathered up to this much content for one task.
constexpr uint64_t kTaskBytes = uint64_t{512} << 10;

// Pieces of a large frame, read and decoded.
constexpr size_t kPieceReadBytes = size_t{256} << 10;
constexpr size_t kPieceBytes = size_t{1} << 20;

BulkStatus cancelled_at(uint64_t offset) {
  return {BulkError::kCancelled, offset, "cancelled"};
}

// Delivers what a slot holds, and the progress it makes.
bool deliver_piece(DecodeRun& run, const BulkStatus& status,
                   std::span<const char> raw, bool placed,
                   uint64_t end_offset) {
  run.status = status;
  if (run.status.ok() && run.cancelled()) {
    run.status = cancelled_at(run.progress.bytes_in);
  }
  if (run.status.ok()) {
    if (placed) {
      run.sink.commit(raw.size());
    } else {
      run.status = run.sink.write(raw);
    }
  }
  if (!run.status.ok()) {
    return false;
  }
  run.progress.bytes_in = end_offset;
  run.progress.bytes_out += raw.size();
  if (run.options.progress) {
    run.options.progress(run.progress);
  }
  return true;
}

}  // namespace

FrameDecoder::FrameDecoder(DecodeRun& run, size_t slots)
    : run_(run), slots_(slots), taken_raw_bytes_(run.progress.bytes_out) {}

// An error in the input waits until the frames before it have their slot. It
// would not be met again: the scan may have consumed a skippable frame.
bool FrameDecoder::take(size_t index) {
  if (at_end_) {
    return false;
  }
  Slot& slot = slots_[index];
  slot.status = {};
  slot.coded = {};
  slot.raw_bytes = 0;
  slot.raw_offset = taken_raw_bytes_;
  if (!pending_.ok()) {
    at_end_ = true;
    slot.status = std::move(pending_);
    return true;
  }
  while (slot.raw_bytes < kTaskBytes) {
    if (run_.cancelled()) {
      slot.status = cancelled_at(run_.reader.position());
      at_end_ = true;
      return true;
    }
    Scan scan = scan_frame(run_.reader, run_.max_content_bytes);
    if (scan.outcome != ScanOutcome::kFrame) {
      const bool failed = scan.outcome == ScanOutcome::kError;
      if (slot.coded.empty()) {
        at_end_ = true;
        found_large_ = scan.outcome == ScanOutcome::kLarge;
        slot.status = std::move(scan.status);
        return failed;
      }
      pending_ = std::move(scan.status);
      break;
    }
    if (!slot.coded.empty() &&
        (run_.reader.position() != slot.end_offset ||
         slot.raw_bytes + scan.content_bytes > run_.max_content_bytes)) {
      break;  // a skippable frame lies between, or the slot is full
    }
    add_frame(slot, scan.frame_bytes, scan.content_bytes);
    if (!slot.status.ok()) {
      at_end_ = true;
      return true;
    }
  }
  taken_raw_bytes_ += slot.raw_bytes;
  return true;
}

void FrameDecoder::add_frame(Slot& slot, size_t frame_bytes,
                             uint64_t content_bytes) {
  const std::span<const char> frame = run_.reader.view(frame_bytes);
  const size_t used = slot.coded.size();
  if (used == 0) {
    slot.coded_offset = run_.reader.position();
  }
  if (run_.reader.in_memory()) {
    slot.coded = {used == 0 ? frame.data() : slot.coded.data(),
                  used + frame_bytes};
  } else {
    if (slot.input == nullptr) {
      slot.input = run_.resources.buffers.lease();
    }
    if (!slot.input->grow(used + frame_bytes, used)) {
      slot.status = {BulkError::kNoMemory, slot.coded_offset,
                     "no memory for an input buffer"};
      return;
    }
    std::memcpy(slot.input->data() + used, frame.data(), frame_bytes);
    slot.coded = {slot.input->data(), used + frame_bytes};
  }
  slot.raw_bytes += content_bytes;
  run_.reader.consume(frame_bytes);
  slot.end_offset = run_.reader.position();
}

void FrameDecoder::set_room(Slot& slot) {
  slot.raw = run_.sink.place(slot.raw_offset, slot.raw_bytes);
  slot.placed = slot.raw.size() == slot.raw_bytes;
  if (slot.placed) {
    return;
  }
  if (run_.in_place) {
    slot.status = {BulkError::kOutputFull, slot.raw_offset,
                   "the output buffer is too small for the next " +
                       std::to_string(slot.raw_bytes) + " bytes"};
    return;
  }
  if (slot.output == nullptr) {
    slot.output = run_.resources.buffers.lease();
  }
  if (!slot.output->reserve(slot.raw_bytes)) {
    slot.status = {BulkError::kNoMemory, slot.coded_offset,
                   "no memory for an output buffer"};
    return;
  }
  slot.raw = {slot.output->data(), slot.raw_bytes};
}

void FrameDecoder::process(size_t index) {
  Slot& slot = slots_[index];
  if (!slot.status.ok() || run_.cancelled()) {
    return;  // deliver() reports it
  }
  set_room(slot);
  if (slot.status.ok()) {
    slot.status =
        run_.resources.decoders.lease()->decompress(slot.coded, slot.raw);
    slot.status.offset += slot.coded_offset;
  }
}

bool FrameDecoder::deliver(size_t index) {
  const Slot& slot = slots_[index];
  return deliver_piece(run_, slot.status, slot.raw, slot.placed,
                       slot.end_offset);
}

LargeFrameDecoder::LargeFrameDecoder(DecodeRun& run, size_t slots)
    : run_(run),
      slots_(slots),
      context_(run.resources.decoders.lease()),
      frame_offset_(run.reader.position()) {}

bool LargeFrameDecoder::take(size_t index) {
  if (at_end_) {
    return false;
  }
  Slot& slot = slots_[index];
  slot.raw_bytes = 0;
  slot.status = {};
  if (!started_) {
    started_ = true;
    slot.status = context_->start(run_.options.max_window_log);
  }
  if (slot.output == nullptr) {
    slot.output = run_.resources.buffers.lease();
  }
  if (slot.status.ok() && !slot.output->reserve(kPieceBytes)) {
    slot.status = {BulkError::kNoMemory, 0, "no memory for an output buffer"};
  }
  if (slot.status.ok()) {
    decode_piece(slot);
  }
  slot.end_offset = run_.reader.position();
  at_end_ = at_end_ || !slot.status.ok();
  return true;
}

void LargeFrameDecoder::decode_piece(Slot& slot) {
  const std::span<char> room(slot.output->data(), kPieceBytes);
  while (slot.raw_bytes < kPieceBytes && !at_end_) {
    if (run_.cancelled()) {
      slot.status = cancelled_at(run_.reader.position());
      return;
    }
    const std::span<const char> coded = run_.reader.view(kPieceReadBytes);
    if (!run_.reader.status().ok()) {
      slot.status = run_.reader.status();
      return;
    }
    size_t consumed = 0;
    size_t produced = 0;
    slot.status = context_->step(coded, room.subspan(slot.raw_bytes), &consumed,
                                 &produced, &at_end_);
    slot.raw_bytes += produced;
    run_.reader.consume(consumed);
    if (slot.status.ok() && !at_end_ && consumed == 0 && produced == 0) {
      slot.status = {BulkError::kTruncated, 0,
                     "the input ends inside the frame that starts at byte " +
                         std::to_string(frame_offset_)};
    }
    if (!slot.status.ok()) {
      slot.status.offset = run_.reader.position();
      return;
    }
  }
}

bool LargeFrameDecoder::deliver(size_t index) {
  const Slot& slot = slots_[index];
  const std::span<const char> raw(slot.output->data(), slot.raw_bytes);
  return deliver_piece(run_, slot.status, raw, false, slot.end_offset);
}

}  // namespace gpu_zstd
