// A million blocks through the host model: each frame decodes to its block, and
// a sample of them is checked independently and fits its own length exactly.
// Blocks are short, so that the count can be high; round_trip_test.cc has the
// long ones.
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/format.h"
#include "gpu_codec/host_model/frame_model.h"
#include "tests/support/frame_checker.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr uint32_t kBlocks = 40'000;
#else
constexpr uint32_t kBlocks = 1'000'000;
#endif
constexpr uint32_t kLongestBlock = 160;
// One frame in so many goes to the independent checker, which is slow, and is
// made again at its exact length.
constexpr uint32_t kThoroughEvery = 50;

struct Share {
  int level;
  uint32_t percent;  // of kBlocks; the quick presets take more
};

class ManyBlocks : public ::testing::TestWithParam<Share> {};

// All shapes one after the other: blocks cut from it at random are of one shape
// or pass from one to the next.
std::vector<uint8_t> mixed_shapes(uint32_t seed) {
  std::vector<uint8_t> mixed;
  for (const testing::NamedChunk& shape : testing::chunk_shapes(50'000, seed)) {
    mixed.insert(mixed.end(), shape.bytes.begin(), shape.bytes.end());
  }
  return mixed;
}

struct FreeDecoder {
  void operator()(ZSTD_DCtx* decoder) const { ZSTD_freeDCtx(decoder); }
};

// One level's encoder with both decoders behind it.
class Judge {
 public:
  explicit Judge(int level)
      : encoder_(kLongestBlock, level, true),
        decoder_(ZSTD_createDCtx()),
        frame_(frame_bound(kLongestBlock, kMaxBlockBytes, true)),
        decoded_(kLongestBlock + 1) {}

  // What is wrong with the frame of `block`, or nothing.
  std::string fault(std::span<const uint8_t> block, bool thoroughly) {
    const size_t bytes = encoder_.encode(block, frame_);
    const std::span<const uint8_t> frame(frame_.data(), bytes);
    if (!decodes_to(frame, block)) return "libzstd does not decode to it";
    if (!thoroughly) return "";
    const testing::FrameCheck check = testing::check_frame(frame);
    if (!check.ok) return check.message();
    if (!std::ranges::equal(check.content, block)) return "checker differs";
    std::vector<uint8_t> exact(bytes);
    if (encoder_.encode(block, std::span(exact).first(bytes - 1)) != 0) {
      return "fits one byte less";
    }
    if (encoder_.encode(block, exact) != bytes) return "does not fit itself";
    return std::ranges::equal(exact, frame) ? "" : "other bytes at its length";
  }

 private:
  bool decodes_to(std::span<const uint8_t> frame,
                  std::span<const uint8_t> block) {
    const size_t bytes =
        ZSTD_decompressDCtx(decoder_.get(), decoded_.data(), decoded_.size(),
                            frame.data(), frame.size());
    return !ZSTD_isError(bytes) && bytes == block.size() &&
           std::equal(block.begin(), block.end(), decoded_.begin());
  }

  host_model::FrameEncoder encoder_;
  std::unique_ptr<ZSTD_DCtx, FreeDecoder> decoder_;
  std::vector<uint8_t> frame_;
  std::vector<uint8_t> decoded_;
};

TEST_P(ManyBlocks, DecodeToTheirBlock) {
  const std::vector<uint8_t> source = mixed_shapes(GetParam().level);
  std::mt19937 random(GetParam().level);
  Judge judge(GetParam().level);
  const uint32_t count = kBlocks / 100 * GetParam().percent;
  for (uint32_t k = 0; k < count; ++k) {
    const uint32_t size = random() % (kLongestBlock + 1);
    const size_t first = random() % (source.size() - size);
    const std::span block = std::span(source).subspan(first, size);
    ASSERT_EQ(judge.fault(block, k % kThoroughEvery == 0), "")
        << "block " << k << ": " << size << " bytes at " << first;
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, ManyBlocks,
                         ::testing::Values(Share{1, 25}, Share{4, 25},
                                           Share{9, 20}, Share{12, 10},
                                           Share{19, 10}, Share{22, 10}));

}  // namespace
}  // namespace gpu_zstd
