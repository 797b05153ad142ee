#include "scheduler/lane.h"

#include <algorithm>
#include <cstring>

namespace gpu_zstd {
namespace {

constexpr size_t kClassBytes[BatchKey::kSizeClasses] = {
    4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10};
static_assert(kClassBytes[BatchKey::kSizeClasses - 1] == kMaxGpuBlockBytes);
// No class has blocks on both sides of 32 KB: a batch is over with its last
// status (compress_batch_async()).
static_assert(kClassBytes[2] == 32 << 10);

// The encoder's workspace for a block above 16 KB is ten times that for a block
// below: fewer of them go in a batch, so that a GPU has memory for many lanes.
constexpr uint32_t kLargestSmallClass = 1;
constexpr uint32_t kLargeSlots = 8;
// A frame of a block is at most this much longer (header, checksum).
constexpr size_t kFrameOverhead = 64;
constexpr unsigned char kGuard = 0xA5;

size_t slot_bytes(uint32_t size_class) {
  return 2 * kClassBytes[size_class] + kFrameOverhead + LaneMemory::kGuardBytes;
}

}  // namespace

BatchKey BatchKey::of(size_t input_bytes, int level, bool checksum) {
  uint32_t size_class = 0;
  while (size_class + 1 < kSizeClasses &&
         kClassBytes[size_class] < input_bytes) {
    ++size_class;
  }
  return {(static_cast<uint32_t>(level) * 2 + (checksum ? 1 : 0)) *
              kSizeClasses +
          size_class};
}

size_t BatchKey::max_block_bytes() const { return kClassBytes[size_class()]; }

uint32_t LaneMemory::slots(uint32_t size_class) {
  return size_class <= kLargestSmallClass ? kMaxSlots : kLargeSlots;
}

size_t LaneMemory::pinned_bytes() {
  size_t most = 0;
  for (uint32_t c = 0; c < BatchKey::kSizeClasses; ++c) {
    most = std::max(most, slots(c) * slot_bytes(c));
  }
  return (sizeof(Arrays) + 63) / 64 * 64 + most;
}

LaneMemory::LaneMemory(void* pinned)
    : arrays_(static_cast<Arrays*>(pinned)),
      slots_(static_cast<char*>(pinned) + (sizeof(Arrays) + 63) / 64 * 64) {}

char* LaneMemory::slot_at(uint32_t slot, const BatchKey& key) const {
  return slots_ + slot * slot_bytes(key.size_class());
}

void LaneMemory::fill(uint32_t slot, const BatchKey& key,
                      const CompressRequest& request) {
  char* input = slot_at(slot, key);
  char* output = input + key.max_block_bytes();
  std::memcpy(input, request.input.data(), request.input.size());
  const size_t room = key.max_block_bytes() + kFrameOverhead;
  std::memset(output + room, kGuard, kGuardBytes);
  arrays_->inputs[slot] = input;
  arrays_->input_bytes[slot] = request.input.size();
  arrays_->outputs[slot] = output;
  arrays_->capacities[slot] = std::min(request.output.size(), room);
  arrays_->output_bytes[slot] = DeviceResult{}.frame_bytes;
  arrays_->statuses[slot] = DeviceResult{}.status;
}

DeviceBatch LaneMemory::batch(const BatchKey& key, uint32_t count) {
  DeviceBatch batch{};
  batch.inputs = arrays_->inputs;
  batch.input_bytes = arrays_->input_bytes;
  batch.outputs = arrays_->outputs;
  batch.capacities = arrays_->capacities;
  batch.output_bytes = arrays_->output_bytes;
  batch.statuses = arrays_->statuses;
  batch.count = count;
  batch.max_block_bytes = key.max_block_bytes();
  batch.level = key.level();
  batch.checksum = key.checksum();
  return batch;
}

const char* LaneMemory::output(uint32_t slot, const BatchKey& key) const {
  return slot_at(slot, key) + key.max_block_bytes();
}

DeviceResult LaneMemory::result(uint32_t slot) const {
  return {arrays_->output_bytes[slot], arrays_->statuses[slot]};
}

size_t LaneMemory::capacity(uint32_t slot) const {
  return arrays_->capacities[slot];
}

bool LaneMemory::guard_intact(uint32_t slot, const BatchKey& key) const {
  const char* guard =
      output(slot, key) + key.max_block_bytes() + kFrameOverhead;
  unsigned char damage = 0;
  for (size_t i = 0; i < kGuardBytes; ++i) {
    damage |= static_cast<unsigned char>(guard[i]) ^ kGuard;
  }
  return damage == 0;
}

}  // namespace gpu_zstd
