#include "tools/codec/device_engine.h"

#include <stdexcept>
#include <vector>

namespace gpu_zstd::tools {
namespace {

size_t round_up(size_t bytes, size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// A value for each block.
template <class ValueOf>
auto each(size_t count, ValueOf value_of) {
  std::vector<decltype(value_of(size_t{0}))> values;
  values.reserve(count);
  for (size_t b = 0; b < count; ++b) values.push_back(value_of(b));
  return values;
}

// Blocks to places `pitch` bytes apart.
void upload(const BlockList& blocks, size_t pitch, uint8_t* d_input) {
  const size_t full = blocks.input.size() / blocks.block_bytes;
  const size_t rest = blocks.input.size() % blocks.block_bytes;
  if (full > 0) {
    check_cuda(
        cudaMemcpy2D(d_input, pitch, blocks.input.data(), blocks.block_bytes,
                     blocks.block_bytes, full, cudaMemcpyHostToDevice),
        "copying to the device");
  }
  if (rest == 0) return;
  check_cuda(cudaMemcpy(d_input + full * pitch,
                        blocks.input.data() + full * blocks.block_bytes, rest,
                        cudaMemcpyHostToDevice),
             "copying to the device");
}

}  // namespace

DeviceBlocks::DeviceBlocks(const BlockList& blocks, const BatchNeeds& n)
    : count(blocks.count()),
      block_bytes(blocks.block_bytes),
      needs(n),
      input(count * round_up(block_bytes, n.input_alignment)),
      output((count + 1) * n.frame_capacity),
      workspace(n.workspace_bytes),
      frame_bytes(count + 1),
      statuses(count + 1),
      inputs(each(count,
                  [&](size_t b) -> const void* {
                    return input.get() +
                           b * round_up(block_bytes, n.input_alignment);
                  })),
      outputs(each(count + 1,
                   [&](size_t b) -> void* {
                     return output.get() + b * n.frame_capacity;
                   })),
      sizes(each(count, [&](size_t b) { return blocks.block(b).size(); })),
      capacities(each(count + 1, [&](size_t) { return n.frame_capacity; })) {
  upload(blocks, round_up(block_bytes, n.input_alignment), input.get());
}

void DeviceEngine::load(const BlockList& blocks) {
  blocks_.reset();
  blocks_.emplace(blocks, needs(blocks));
}

double DeviceEngine::encode(size_t first, size_t count) {
  clear(count);
  // What keeps the device busy before has a place of its own.
  const double seconds = timer_.seconds(
      [&] { return launch(*blocks_, first, 1, blocks_->count, stream_.get()); },
      [&] { return launch(*blocks_, first, count, 0, stream_.get()); });
  collect(first, count);
  return seconds;
}

// The frames of the last call must not pass for those of the next.
void DeviceEngine::clear(size_t count) {
  blocks_->statuses.fill(0xFF, count);
  blocks_->frame_bytes.fill(0, count);
  blocks_->output.fill(0, count * blocks_->needs.frame_capacity);
}

void DeviceEngine::collect(size_t first, size_t count) {
  std::vector<uint32_t> statuses;
  blocks_->statuses.read(count, &statuses);
  for (size_t k = 0; k < count; ++k) {
    if (!is_success(statuses[k])) {
      throw std::runtime_error("block " + std::to_string(first + k) +
                               " ended with status " +
                               std::to_string(statuses[k]));
    }
  }
  frames_.stride = blocks_->needs.frame_capacity;
  blocks_->frame_bytes.read(count, &frames_.sizes);
  blocks_->output.read(count * frames_.stride, &frames_.memory);
}

}  // namespace gpu_zstd::tools
