#include "gpu_codec/pipeline/pipeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"

namespace gpu_zstd {

Pipeline::Pipeline(std::unique_ptr<SlotDevice> device)
    : device_(std::move(device)) {}

// What is under way must not outlive the memory it works on.
Pipeline::~Pipeline() { drain(); }

PipelineError Pipeline::open(const PipelineOptions& options,
                             size_t frame_capacity) {
  if (options.slots == 0 || options.blocks_per_slot == 0 ||
      options.block_bytes == 0) {
    return "slots, blocks_per_slot and block_bytes must be at least 1";
  }
  if (frame_capacity < frame_bound(options.block_bytes, kMaxBlockBytes, true)) {
    return "frame_capacity is below max_frame_bytes(block_bytes)";
  }
  shape_ = {options.slots,  options.blocks_per_slot, options.block_bytes,
            frame_capacity, options.level,           options.checksum};
  pinned_input_ = options.pinned_input;
  slots_.clear();
  const PipelineError error = device_->open(shape_, &slots_);
  if (error != nullptr) return error;
  busy_.assign(shape_.slots, false);
  usable_ = true;
  return nullptr;
}

PipelineError Pipeline::encode(std::span<const uint8_t> input,
                               const FrameSink& sink) {
  if (!usable_) return "the pipeline is not open, or has failed before";
  usable_ = false;
  PipelineError error = nullptr;
  try {
    error = run_ring(input, sink);
  } catch (...) {  // the sink's: what is under way still reads the input
    drain();
    throw;
  }
  if (error != nullptr) drain();
  usable_ = error == nullptr;
  return error;
}

PipelineError Pipeline::run_ring(std::span<const uint8_t> input,
                                 const FrameSink& sink) {
  const size_t part_bytes = shape_.blocks * shape_.block_bytes;
  const size_t parts = (input.size() + part_bytes - 1) / part_bytes;
  const auto part = [&](size_t p) {
    const size_t first = p * part_bytes;
    return input.subspan(first, std::min(part_bytes, input.size() - first));
  };
  // Part p is started as soon as its slot is free, which part p - slots leaves.
  for (size_t p = 0; p < parts + shape_.slots; ++p) {
    const size_t slot = p % shape_.slots;
    if (p >= shape_.slots && p - shape_.slots < parts) {
      const size_t done = p - shape_.slots;
      const PipelineError error =
          finish(slot, part(done).size(), done * shape_.blocks, sink);
      if (error != nullptr) return error;
    }
    if (p < parts) {
      const PipelineError error = start(slot, part(p));
      if (error != nullptr) return error;
    }
  }
  return nullptr;
}

PipelineError Pipeline::start(size_t slot, std::span<const uint8_t> part) {
  const uint8_t* source = part.data();
  if (!pinned_input_) {
    std::memcpy(slots_[slot].h_input, part.data(), part.size());
    source = slots_[slot].h_input;
  }
  // Also when submit() fails something may have been enqueued.
  busy_[slot] = true;
  return device_->submit(slot, source, part.size());
}

PipelineError Pipeline::finish(size_t slot, size_t part_bytes,
                               size_t first_block, const FrameSink& sink) {
  const PipelineError error = device_->wait(slot);
  if (error != nullptr) return error;
  busy_[slot] = false;
  const SlotMemory& memory = slots_[slot];
  const size_t blocks =
      (part_bytes + shape_.block_bytes - 1) / shape_.block_bytes;
  for (size_t b = 0; b < blocks; ++b) {
    const size_t block = first_block + b;
    const size_t bytes = memory.h_frame_bytes[b];
    switch (memory.h_statuses[b]) {
      case Status::kCompressed:
        break;
      case Status::kDoesNotFit:
        return fail(block, "its frame does not fit frame_capacity");
      default:
        return fail(block, "the encoder does not take it");
    }
    if (bytes == 0) return fail(block, "its frame is empty");
    if (bytes > shape_.frame_capacity) {
      return fail(block, "its frame is longer than its capacity");
    }
    sink(block, {memory.h_frames + b * shape_.frame_capacity, bytes});
  }
  return nullptr;
}

PipelineError Pipeline::fail(size_t block, const char* reason) {
  failure_ = "block " + std::to_string(block) + ": " + reason;
  return failure_.c_str();
}

void Pipeline::drain() {
  for (size_t slot = 0; slot < busy_.size(); ++slot) {
    if (busy_[slot]) device_->wait(slot);
    busy_[slot] = false;
  }
}

}  // namespace gpu_zstd
