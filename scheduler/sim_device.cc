#include "scheduler/sim_device.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <utility>

#include "gpu_codec/host_model/frame_model.h"
#include "scheduler/futex.h"
#include "scheduler/types.h"

namespace gpu_zstd {

void SimScript::release_held() {
  const std::lock_guard lock(mutex_);
  released_ = batches_;
}

void SimScript::heal() {
  const std::lock_guard lock(mutex_);
  healed_ = true;
}

uint64_t SimScript::calls(SimCall call) const {
  const std::lock_guard lock(mutex_);
  return calls_[static_cast<size_t>(call)];
}

uint64_t SimScript::bytes_allocated() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

Fault SimScript::enter(SimCall call) {
  const std::lock_guard lock(mutex_);
  const uint64_t n = calls_[static_cast<size_t>(call)]++;
  for (const SimFault& fault : faults) {
    if (!healed_ && fault.call == call && n >= fault.first &&
        n - fault.first < fault.count) {
      return fault.fault;
    }
  }
  return Fault::kNone;
}

namespace {

DeviceStatus status_of(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return {};
    case Fault::kAbsent:
      return {fault, 100, "simulated: no device"};
    case Fault::kTransient:
      return {fault, 2, "simulated: out of memory"};
    case Fault::kSticky:
      break;
  }
  return {fault, 719, "simulated: launch failure"};
}

// A frame of raw blocks; 0 if it does not fit.
size_t store(std::span<const uint8_t> in, std::span<uint8_t> out) {
  constexpr size_t kHeader = 9;  // magic, descriptor, four bytes of size
  const size_t bytes = kHeader + 3 + in.size();
  if (bytes > out.size()) return 0;
  const auto n = static_cast<uint32_t>(in.size());
  const uint32_t block = n << 3 | 1;  // raw, the last
  const uint8_t head[] = {0x28, 0xB5, 0x2F, 0xFD, 0xA0};
  std::copy(std::begin(head), std::end(head), out.begin());
  for (size_t i = 0; i < 4; ++i) {
    out[5 + i] = static_cast<uint8_t>(n >> (8 * i));
  }
  for (size_t i = 0; i < 3; ++i) {
    out[kHeader + i] = static_cast<uint8_t>(block >> (8 * i));
  }
  std::copy(in.begin(), in.end(), out.begin() + kHeader + 3);
  return bytes;
}

}  // namespace

class SimDevice final : public Device {
 public:
  SimDevice(std::shared_ptr<SimScript> script, std::string name)
      : script_(std::move(script)), name_(std::move(name)) {}

  std::string name() const override { return name_; }

  DeviceStatus open() override { return enter(SimCall::kOpen); }

  size_t workspace_bytes(size_t, int) override { return 64; }

  DeviceStatus allocate_device(size_t bytes, void** memory) override {
    return allocate(SimCall::kAllocateDevice, bytes, memory);
  }
  DeviceStatus allocate_pinned(size_t bytes, void** memory) override {
    return allocate(SimCall::kAllocatePinned, bytes, memory);
  }
  void free_device(void* memory) override { release(memory); }
  void free_pinned(void* memory) override { release(memory); }

  DeviceStatus make_queue(uint32_t* queue) override {
    const DeviceStatus status = enter(SimCall::kMakeQueue);
    if (status.ok()) {
      *queue = static_cast<uint32_t>(queues_.size());
      queues_.emplace_back();
    }
    return status;
  }

  DeviceStatus submit(uint32_t queue, const DeviceBatch& batch) override {
    const DeviceStatus status = enter(SimCall::kSubmit);
    if (!status.ok()) return status;
    Queue& q = queues_[queue];
    q.batch = batch;
    q.done_ns = now_ns() + script_->latency_ns;
    q.damage = SimDamage::kNone;
    q.written = false;
    const std::lock_guard lock(script_->mutex_);
    q.number = script_->batches_++;
    for (const SimBatchDamage& damage : script_->damages) {
      if (!script_->healed_ && q.number >= damage.first &&
          q.number - damage.first < damage.count) {
        q.damage = damage.damage;
      }
    }
    return status;
  }

  DeviceStatus poll(uint32_t queue, bool* done) override {
    const DeviceStatus status = enter(SimCall::kPoll);
    if (!status.ok()) return status;
    write_held_late();
    Queue& q = queues_[queue];
    if (q.damage == SimDamage::kHold && !q.written) {
      *done = false;
      return status;
    }
    *done = now_ns() >= q.done_ns;
    if (*done && q.damage != SimDamage::kHold) run(q);
    if (*done) q.damage = SimDamage::kNone;  // never write for it again
    return status;
  }

  DeviceStatus check() override {
    write_held_late();
    return enter(SimCall::kCheck);
  }

 private:
  struct Queue {
    DeviceBatch batch{};
    uint64_t number = 0;
    uint64_t done_ns = 0;
    SimDamage damage = SimDamage::kNone;
    bool written = false;
  };

  DeviceStatus enter(SimCall call) { return status_of(script_->enter(call)); }

  DeviceStatus allocate(SimCall call, size_t bytes, void** memory) {
    const DeviceStatus status = enter(call);
    if (!status.ok()) return status;
    const std::lock_guard lock(script_->mutex_);
    if (bytes > script_->capacity - script_->bytes_) {
      return status_of(Fault::kTransient);
    }
    *memory = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (*memory == nullptr) return status_of(Fault::kTransient);
    script_->bytes_ += bytes;
    sizes_[*memory] = bytes;
    return status;
  }

  void release(void* memory) {
    const std::lock_guard lock(script_->mutex_);
    script_->bytes_ -= sizes_[memory];
    sizes_.erase(memory);
    std::free(memory);
  }

  // Batches that were released write now, latest first, whether or not anyone
  // still waits for them.
  void write_held_late() {
    uint64_t released = 0;
    {
      const std::lock_guard lock(script_->mutex_);
      released = script_->released_;
    }
    for (auto q = queues_.rbegin(); q != queues_.rend(); ++q) {
      if (q->damage == SimDamage::kHold && !q->written &&
          q->number < released) {
        run(*q);
        q->written = true;
      }
    }
  }

  size_t encode(const DeviceBatch& batch, uint32_t i) {
    const std::span<const uint8_t> in{
        static_cast<const uint8_t*>(batch.inputs[i]), batch.input_bytes[i]};
    const std::span<uint8_t> out{static_cast<uint8_t*>(batch.outputs[i]),
                                 batch.capacities[i]};
    if (script_->stores) return store(in, out);
    auto& encoder = encoders_[{batch.level, batch.checksum}];
    if (encoder == nullptr) {
      encoder = std::make_unique<host_model::FrameEncoder>(
          kMaxGpuBlockBytes, batch.level, batch.checksum);
    }
    return encoder->encode(in, out);
  }

  void run(const Queue& q) {
    const DeviceBatch& batch = q.batch;
    if (q.damage == SimDamage::kNothing) return;
    if (q.damage == SimDamage::kStale && !last_frame_.empty()) {
      write_stale(batch);
      return;
    }
    for (uint32_t i = 0; i < batch.count; ++i) {
      const size_t bytes = encode(batch, i);
      batch.output_bytes[i] = bytes;
      batch.statuses[i] = bytes > 0 ? Status::kCompressed : Status::kDoesNotFit;
      damage_block(q.damage, batch, i);
      auto* out = static_cast<uint8_t*>(batch.outputs[i]);
      last_frame_.assign(out, out + bytes);
    }
    if (q.damage == SimDamage::kSwap) swap_neighbours(batch);
  }

  void damage_block(SimDamage damage, const DeviceBatch& batch, uint32_t i) {
    auto* out = static_cast<uint8_t*>(batch.outputs[i]);
    if (damage == SimDamage::kFlipBit) {
      out[batch.output_bytes[i] / 2] ^= 0x10;
    } else if (damage == SimDamage::kZeroBytes) {
      batch.output_bytes[i] = 0;
    } else if (damage == SimDamage::kHugeBytes) {
      batch.output_bytes[i] = batch.capacities[i] + 1;
    } else if (damage == SimDamage::kBadStatus) {
      batch.statuses[i] = static_cast<Status>(77);
    } else if (damage == SimDamage::kOverrun) {
      std::memset(out + batch.capacities[i], 0,
                  batch.max_block_bytes + 128 - batch.capacities[i]);
    }
  }

  void write_stale(const DeviceBatch& batch) {
    for (uint32_t i = 0; i < batch.count; ++i) {
      const size_t bytes = std::min(last_frame_.size(), batch.capacities[i]);
      std::copy_n(last_frame_.begin(), bytes,
                  static_cast<uint8_t*>(batch.outputs[i]));
      batch.output_bytes[i] = bytes;
      batch.statuses[i] = Status::kCompressed;
    }
  }

  // A batch of one gets a frame of other content.
  void swap_neighbours(const DeviceBatch& batch) {
    if (batch.count == 1) {
      static_cast<uint8_t*>(batch.outputs[0])[batch.output_bytes[0] - 1] ^= 1;
    }
    for (uint32_t i = 0; i + 1 < batch.count; i += 2) {
      const size_t n =
          std::max(batch.output_bytes[i], batch.output_bytes[i + 1]);
      auto* a = static_cast<uint8_t*>(batch.outputs[i]);
      std::swap_ranges(a, a + n, static_cast<uint8_t*>(batch.outputs[i + 1]));
      std::swap(batch.output_bytes[i], batch.output_bytes[i + 1]);
      std::swap(batch.statuses[i], batch.statuses[i + 1]);
    }
  }

  const std::shared_ptr<SimScript> script_;
  const std::string name_;
  std::vector<Queue> queues_;
  std::map<void*, size_t> sizes_;
  std::map<std::pair<int, bool>, std::unique_ptr<host_model::FrameEncoder>>
      encoders_;
  std::vector<uint8_t> last_frame_;
};

std::unique_ptr<Device> make_sim_device(std::shared_ptr<SimScript> script,
                                        std::string name) {
  return std::make_unique<SimDevice>(std::move(script), std::move(name));
}

}  // namespace gpu_zstd
