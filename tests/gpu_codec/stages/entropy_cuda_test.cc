// Every entropy stage on the device gives the host model's bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "gpu_codec/host_model/entropy_model.h"
#include "gpu_codec/stages/frame.h"
#include "gpu_codec/stages/huffman.h"
#include "gpu_codec/stages/sequences.h"
#include "tests/support/cuda_memory.h"
#include "tests/support/entropy_inputs.h"

namespace gpu_zstd {
namespace {

// Managed copies of host arrays, kept alive for a launch.
class DeviceArrays {
 public:
  template <class T>
  T* copy(const std::vector<T>& from) {
    T* to = make<T>(from.size());
    std::copy(from.begin(), from.end(), to);
    return to;
  }
  template <class T>
  T* make(size_t count) {
    owned_.push_back(managed<uint8_t>(count * sizeof(T) + 16));
    EXPECT_TRUE(owned_.back());
    std::memset(owned_.back().get(), 0xEE, count * sizeof(T) + 16);
    return reinterpret_cast<T*>(owned_.back().get());
  }

 private:
  std::vector<ManagedArray<uint8_t>> owned_;
};

std::vector<uint8_t> first_bytes(const void* memory, size_t bytes) {
  const uint8_t* begin = static_cast<const uint8_t*>(memory);
  return {begin, begin + bytes};
}

TEST(EntropyOnDevice, LiteralsEqualTheHostModel) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  std::vector<std::vector<uint8_t>> inputs;
  for (const uint32_t n : {0u, 1u, 15u, 16u, 40u, 255u, 256u, 1023u, 1024u,
                           4000u, 16384u, 40000u, 131072u}) {
    for (const auto& shape : testing::literal_shapes(n, n)) {
      inputs.push_back(shape.bytes);
    }
  }
  DeviceArrays arrays;
  std::vector<const uint8_t*> literals;
  std::vector<uint32_t> sizes;
  std::vector<uint32_t*> sections;
  for (const auto& input : inputs) {
    literals.push_back(arrays.copy(input));
    sizes.push_back(static_cast<uint32_t>(input.size()));
    sections.push_back(
        arrays.make<uint32_t>(huffman_section_capacity(sizes.back()) / 4));
  }
  const uint32_t count = static_cast<uint32_t>(inputs.size());
  uint32_t* d_bytes = arrays.make<uint32_t>(count);
  ASSERT_EQ(launch_huffman_encoder(arrays.copy(literals), arrays.copy(sizes),
                                   count, kSingleStreamBelow,
                                   arrays.copy(sections), d_bytes, nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (uint32_t b = 0; b < count; ++b) {
    ASSERT_EQ(first_bytes(sections[b], d_bytes[b]),
              host_model::encode_literals(inputs[b]))
        << b << ": " << sizes[b];
  }
}

struct Blocks {
  std::vector<testing::ParsedBlock> parsed;
  std::vector<BlockSequences> views;
  std::vector<uint8_t*> scratch;
  std::vector<uint32_t*> sections;
  std::vector<uint32_t*> words;
};

Blocks make_blocks(DeviceArrays& arrays, uint32_t count, uint32_t seed) {
  std::mt19937 random(seed);
  Blocks blocks;
  for (uint32_t b = 0; b < count; ++b) {
    const uint32_t limit = 10 + random() % (1u << (4 + b % 14));
    blocks.parsed.push_back(testing::random_block(
        random, std::min(limit, kMaxBlockBytes), b % testing::kRandomShapes));
    const testing::ParsedBlock& parsed = blocks.parsed.back();
    BlockSequences view = parsed.view();
    view.source = arrays.copy(parsed.source);
    view.lit_lengths = arrays.copy(parsed.lit_lengths);
    view.match_lengths = arrays.copy(parsed.match_lengths);
    view.off_bases = arrays.copy(parsed.off_bases);
    view.literals = arrays.copy(parsed.literals);
    blocks.views.push_back(view);
    blocks.scratch.push_back(
        arrays.make<uint8_t>(sequence_scratch_bytes(view.count)));
    blocks.sections.push_back(
        arrays.make<uint32_t>(sequence_section_capacity(view.count) / 4));
    blocks.words.push_back(
        arrays.make<uint32_t>(block_words(view.source_bytes)));
  }
  return blocks;
}

constexpr uint32_t kBlocks = 300;

TEST(EntropyOnDevice, SequencesEqualTheHostModel) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  DeviceArrays arrays;
  Blocks blocks = make_blocks(arrays, kBlocks, 1);
  uint32_t* d_bytes = arrays.make<uint32_t>(kBlocks);
  ASSERT_EQ(launch_sequence_encoder(
                arrays.copy(blocks.views), kBlocks, arrays.copy(blocks.scratch),
                arrays.copy(blocks.sections), d_bytes, nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (uint32_t b = 0; b < kBlocks; ++b) {
    ASSERT_EQ(first_bytes(blocks.sections[b], d_bytes[b]),
              host_model::encode_sequences(blocks.parsed[b].view()))
        << b << ": " << blocks.views[b].count;
  }
}

TEST(EntropyOnDevice, BlocksAndFramesEqualTheHostModel) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  DeviceArrays arrays;
  Blocks blocks = make_blocks(arrays, kBlocks, 2);
  EncodedBlock* d_encoded = arrays.make<EncodedBlock>(kBlocks);
  ASSERT_EQ(
      launch_block_encoder(arrays.copy(blocks.views), kBlocks,
                           kSingleStreamBelow, arrays.copy(blocks.scratch),
                           arrays.copy(blocks.words), d_encoded, nullptr),
      cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  // Frames at capacities just enough, one short, and ample, at all alignments.
  std::vector<FrameParts> frames;
  std::vector<std::vector<uint8_t>> expected;
  std::vector<uint8_t*> outputs;
  std::vector<const uint8_t*> contents;
  std::vector<uint64_t> sizes;
  uint64_t* d_hashes = arrays.make<uint64_t>(kBlocks);
  for (uint32_t b = 0; b < kBlocks; ++b) {
    const auto& source = blocks.parsed[b].source;
    const host_model::Block block =
        host_model::encode_block(blocks.parsed[b].view());
    ASSERT_EQ(d_encoded[b].type, block.type) << b;
    ASSERT_EQ(d_encoded[b].bytes, block.content.size()) << b;
    const bool checksum = b % 2;
    const size_t bound = frame_bound(source.size(), kMaxBlockBytes, checksum);
    expected.push_back(host_model::assemble_frame(
        source, kMaxBlockBytes, std::vector{block}, checksum, bound));
    const size_t need = expected.back().size();
    const size_t capacity = b % 3 == 0 ? need : b % 3 == 1 ? need - 1 : bound;
    outputs.push_back(arrays.make<uint8_t>(bound + 8) + b % 8);
    contents.push_back(blocks.views[b].source);
    sizes.push_back(source.size());
    frames.push_back({blocks.views[b].source, source.size(), kMaxBlockBytes,
                      d_encoded + b, blocks.words[b], 0,
                      checksum ? d_hashes + b : nullptr, outputs.back(),
                      capacity});
  }
  uint64_t* d_bytes = arrays.make<uint64_t>(kBlocks);
  ASSERT_EQ(launch_content_checksum(arrays.copy(contents), arrays.copy(sizes),
                                    kBlocks, d_hashes, nullptr),
            cudaSuccess);
  ASSERT_EQ(
      launch_frame_assembler(arrays.copy(frames), kBlocks, 1, d_bytes, nullptr),
      cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (uint32_t b = 0; b < kBlocks; ++b) {
    const size_t need = expected[b].size();
    const bool fits = frames[b].capacity >= need;
    ASSERT_EQ(d_bytes[b], fits ? need : 0) << b;
    ASSERT_EQ(first_bytes(outputs[b], need),
              fits ? expected[b] : std::vector<uint8_t>(need, 0xEE))
        << b;
    EXPECT_EQ(outputs[b][need], 0xEE) << b;
  }
}

}  // namespace
}  // namespace gpu_zstd
