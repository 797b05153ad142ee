#include "cpu_fallback/bulk/frame_encoder.h"

#include <algorithm>
#include <limits>

#include "cpu_fallback/bulk/frame_plan.h"

namespace gpu_zstd {

RunPlan plan_encoding(const ByteSource& source,
                      const BulkEncodeOptions& options,
                      const BulkLimits& limits) {
  RunPlan plan;
  const auto total = source.total_bytes();
  plan.frame_bytes = planned_frame_bytes(options, total.value_or(0));
  size_t frames = 0;  // unknown
  if (total) {
    frames =
        std::max<size_t>(1, (*total + plan.frame_bytes - 1) / plan.frame_bytes);
  }
  plan.strategy =
      choose_strategy(total.value_or(0), frames, options.strategy, limits);
  // A source in memory costs no input buffers.
  const bool in_memory = source.memory().has_value();
  const size_t slot_bytes =
      max_frame_bytes_of(plan.frame_bytes) + (in_memory ? 0 : plan.frame_bytes);
  if (plan.strategy == BulkStrategy::kPipeline) {
    plan.slots = tokens_for(slot_bytes, limits);
  } else if (plan.strategy == BulkStrategy::kWorkStealing) {
    const size_t affordable =
        std::max<size_t>(1, limits.memory_bytes / slot_bytes);
    plan.slots = in_memory ? std::min(frames, affordable)
                           : tokens_for(slot_bytes, limits);
  }
  return plan;
}

FrameEncoder::FrameEncoder(ByteSource& source, ByteSink& sink,
                           const BulkEncodeOptions& options,
                           const RunPlan& plan, Resources& resources)
    : source_(source),
      sink_(sink),
      options_(options),
      plan_(plan),
      resources_(resources),
      slots_(plan.slots) {
  progress_.total_in = source.total_bytes().value_or(0);
}

bool FrameEncoder::cancelled() const {
  return options_.cancel != nullptr &&
         options_.cancel->load(std::memory_order_relaxed);
}

// An empty input becomes one empty frame.
bool FrameEncoder::take(size_t index) {
  if (at_end_) {
    return false;
  }
  Slot& slot = slots_[index];
  slot.status = {};
  slot.placed = false;
  slot.raw = {};
  slot.to_read = 0;
  slot.raw_offset = taken_bytes_;
  if (cancelled()) {
    slot.status = {BulkError::kCancelled, taken_bytes_, "cancelled"};
  } else {
    take_raw(slot);
  }
  const size_t bytes = slot.raw.size() + slot.to_read;
  at_end_ = !slot.status.ok() || bytes < plan_.frame_bytes;
  if (slot.status.ok() && bytes == 0 && took_any_) {
    return false;
  }
  taken_bytes_ += bytes;
  took_any_ = true;
  return true;
}

bool FrameEncoder::make_room(Slot& slot) {
  if (slot.input == nullptr) {
    slot.input = resources_.buffers.lease();
  }
  if (slot.input->reserve(plan_.frame_bytes)) {
    return true;
  }
  slot.status = {BulkError::kNoMemory, slot.raw_offset,
                 "no memory for an input buffer"};
  return false;
}

void FrameEncoder::take_raw(Slot& slot) {
  const auto next = [&](uint64_t total) {
    return std::min<size_t>(plan_.frame_bytes, total - taken_bytes_);
  };
  if (const auto memory = source_.memory()) {
    slot.raw = memory->subspan(taken_bytes_, next(memory->size()));
  } else if (source_.reads_anywhere()) {
    slot.to_read = next(*source_.total_bytes());
  } else if (make_room(slot)) {
    size_t got = 0;
    slot.status =
        source_.read(std::span(slot.input->data(), plan_.frame_bytes), &got);
    slot.raw = {slot.input->data(), got};
  }
}

void FrameEncoder::read_raw(Slot& slot) {
  if (!make_room(slot)) {
    return;
  }
  size_t got = 0;
  slot.status = source_.read_at(
      slot.raw_offset, std::span(slot.input->data(), slot.to_read), &got);
  slot.raw = {slot.input->data(), got};
  if (slot.status.ok() && got < slot.to_read) {
    slot.status = {BulkError::kSourceChanged, slot.raw_offset + got,
                   "the file became shorter while it was read"};
  }
}

// With one thread the output's own place is known before the frame is made.
std::span<char> FrameEncoder::room_for(Slot& slot, size_t bytes) {
  if (plan_.strategy == BulkStrategy::kSingle) {
    const std::span<char> place = sink_.place(progress_.bytes_out, bytes);
    if (!place.empty()) {
      slot.placed = true;
      return place;
    }
  }
  if (slot.output == nullptr) {
    slot.output = resources_.buffers.lease();
  }
  if (!slot.output->reserve(bytes)) {
    slot.status = {BulkError::kNoMemory, 0, "no memory for an output buffer"};
    return {};
  }
  return {slot.output->data(), bytes};
}

void FrameEncoder::process(size_t index) {
  Slot& slot = slots_[index];
  if (!slot.status.ok() || cancelled()) {
    return;  // deliver() reports it
  }
  if (slot.to_read > 0) {
    read_raw(slot);
  }
  if (!slot.status.ok()) {
    return;
  }
  const std::span<char> room =
      room_for(slot, max_frame_bytes_of(slot.raw.size()));
  if (!slot.status.ok()) {
    return;
  }
  const FrameParams params{options_.level, options_.checksum,
                           options_.window_log};
  size_t written = 0;
  slot.status =
      resources_.encoders.lease()->compress(params, slot.raw, room, &written);
  slot.coded = room.first(written);
}

BulkStatus FrameEncoder::write_coded(const Slot& slot) {
  if (slot.placed) {
    sink_.commit(slot.coded.size());
    return {};
  }
  return sink_.write(slot.coded);
}

bool FrameEncoder::deliver(size_t index) {
  Slot& slot = slots_[index];
  status_ = slot.status;
  if (status_.ok() && cancelled()) {
    status_ = {BulkError::kCancelled, 0, "cancelled"};
  }
  if (status_.ok()) {
    status_ = write_coded(slot);
  } else if (status_.offset == 0) {
    status_.offset = progress_.bytes_in;
  }
  if (!status_.ok()) {
    return false;
  }
  progress_.bytes_in += slot.raw.size();
  progress_.bytes_out += slot.coded.size();
  if (options_.seekable) {
    entries_.push_back({static_cast<uint32_t>(slot.coded.size()),
                        static_cast<uint32_t>(slot.raw.size())});
  }
  if (options_.progress) {
    options_.progress(progress_);
  }
  return true;
}

BulkStatus FrameEncoder::finish() {
  if (!status_.ok() || !options_.seekable) {
    return status_;
  }
  if (entries_.size() > kMaxSeekableFrames) {
    return {BulkError::kBadOption, progress_.bytes_in,
            "too many frames for the seekable format"};
  }
  const std::vector<char> table = write_seek_table(entries_);
  status_ = sink_.write(table);
  progress_.bytes_out += table.size();
  return status_;
}

}  // namespace gpu_zstd
