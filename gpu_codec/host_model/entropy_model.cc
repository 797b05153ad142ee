#include "gpu_codec/host_model/entropy_model.h"

#include <memory>

#include "gpu_codec/device/block_encoder.h"
#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/device/xxh64.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd::host_model {
namespace {

using Places = HostBlockExec::PerThread<uint64_t>;

std::vector<uint8_t> to_bytes(const std::vector<uint32_t>& words,
                              size_t bytes) {
  std::vector<uint8_t> result(bytes);
  for (size_t i = 0; i < bytes; ++i) {
    result[i] = static_cast<uint8_t>(words[i / 4] >> (i % 4 * 8));
  }
  return result;
}

// Scratch memory as a kernel would carve it from its workspace.
class Scratch {
 public:
  explicit Scratch(uint32_t count)
      : memory_(sequence_scratch_bytes(count) / sizeof(FieldGroup) + 1) {
    scratch_ = carve_sequence_scratch(
        reinterpret_cast<uint8_t*>(memory_.data()), count);
  }
  const SequenceScratch& get() const { return scratch_; }

 private:
  std::vector<FieldGroup> memory_;
  SequenceScratch scratch_;
};

}  // namespace

std::vector<uint8_t> encode_literals(std::span<const uint8_t> literals,
                                     uint32_t single_stream_below) {
  HostBlockExec x(kEncodeThreads);
  const auto shared = std::make_unique<BlockEncoderShared>();
  Places places(x);
  const BlockSequences in =
      literals_alone(literals.data(), static_cast<uint32_t>(literals.size()));
  plan_block(x, *shared, in, {}, single_stream_below, places);
  const uint32_t bytes = shared->literals.plan.section_bytes;
  std::vector<uint32_t> words(block_words(bytes));
  x.phase([&](uint32_t thread) {
    write_literals_section<HostBlockExec>(*shared, in, thread, x.threads(),
                                          places[thread], words.data());
  });
  return to_bytes(words, bytes);
}

std::vector<uint8_t> encode_sequences(const BlockSequences& block) {
  HostBlockExec x(kEncodeThreads);
  const auto shared = std::make_unique<BlockEncoderShared>();
  const Scratch scratch(block.count);
  Places places(x);
  const BlockSequences in = sequences_alone(block);
  plan_block(x, *shared, in, scratch.get(), kSingleStreamBelow, places);
  const uint32_t bytes = shared->sequences.plan.section_bytes;
  std::vector<uint32_t> words(block_words(bytes));
  x.phase([&](uint32_t thread) {
    write_sequences_section<HostBlockExec>(*shared, in, thread, x.threads(),
                                           places[thread], words.data(), 0);
  });
  return to_bytes(words, bytes);
}

Block encode_block(const BlockSequences& in, uint32_t single_stream_below) {
  HostBlockExec x(kEncodeThreads);
  const auto shared = std::make_unique<BlockEncoderShared>();
  const Scratch scratch(in.count);
  std::vector<uint32_t> words(block_words(in.source_bytes));
  const EncodedBlock encoded = gpu_zstd::encode_block(
      x, *shared, in, scratch.get(), single_stream_below, words.data());
  if (encoded.type == BlockType::kCompressed) {
    return {encoded.type, to_bytes(words, encoded.bytes)};
  }
  return {encoded.type, {in.source, in.source + encoded.bytes}};
}

std::vector<uint8_t> assemble_frame(std::span<const uint8_t> source,
                                    uint32_t block_bytes,
                                    std::span<const Block> blocks,
                                    bool checksum, size_t capacity) {
  HostBlockExec x(kEncodeThreads);
  const uint64_t hash = content_checksum(source);
  const uint32_t stride = block_words(block_bytes);
  std::vector<EncodedBlock> encoded;
  std::vector<uint32_t> words(blocks.size() * stride);
  for (const Block& block : blocks) {
    uint32_t* own = words.data() + encoded.size() * stride;
    encoded.push_back(
        {block.type, static_cast<uint32_t>(block.content.size())});
    for (size_t i = 0; i < block.content.size(); ++i) {
      own[i / 4] |= uint32_t{block.content[i]} << (i % 4 * 8);
    }
  }
  std::vector<uint8_t> out(capacity);
  const FrameParts frame{source.data(),
                         source.size(),
                         block_bytes,
                         encoded.data(),
                         words.data(),
                         stride,
                         checksum ? &hash : nullptr,
                         out.data(),
                         capacity};
  uint64_t bytes = 0;
  for (uint32_t k = 0; k < blocks.size(); ++k) {
    bytes = write_frame_part(x, frame, k);
  }
  out.resize(bytes);
  return out;
}

uint64_t content_checksum(std::span<const uint8_t> content) {
  HostBlockExec x(kEncodeThreads);
  Xxh64Shared shared;
  xxh64(x, shared, content.data(), content.size());
  return shared.hash;
}

}  // namespace gpu_zstd::host_model
