// The soak finds a fault of each kind, and names the block that has it.
#include "tools/codec/soak.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpu_zstd::tools {
namespace {

constexpr uint64_t kBlocks = 2500;

SoakOptions options() {
  SoakOptions options;
  options.level = 1;
  options.blocks = kBlocks;
  options.longest_block = 200;
  options.batch = 600;  // the last batch is short
  options.model_every = 10;
  return options;
}

// What damage can be done to: a copy of a batch's frames.
struct Copy {
  std::vector<uint8_t> memory[2];
  std::vector<size_t> sizes[2];
  SoakFrames frames;
};
using Damage = std::function<void(Copy& copy, size_t k)>;

// The host model's frames, one of which is damaged. `other` are the frames of
// another engine to take from.
class DamagedEngine : public SoakEngine {
 public:
  DamagedEngine(const BlockPool& pool, uint64_t damaged, Damage damage)
      : engine_(make_soak_engine("host", options(), pool)),
        damaged_(damaged),
        damage_(std::move(damage)) {}

  void start(std::span<const Block> blocks) override {
    counts_.push_back(blocks.size());
    engine_->start(blocks);
  }

  const SoakFrames& finish() override {
    const SoakFrames& frames = engine_->finish();
    const size_t count = counts_.front();
    counts_.pop_front();
    for (int s = 0; s < 2; ++s) {
      const SoakFrames::Shape& shape = frames.shapes[s];
      copy_.memory[s].assign(shape.memory,
                             shape.memory + count * frames.stride);
      copy_.sizes[s].assign(shape.sizes, shape.sizes + count);
      copy_.frames.shapes[s] = {copy_.memory[s].data(), copy_.sizes[s].data()};
    }
    copy_.frames.stride = frames.stride;
    if (damaged_ >= first_ && damaged_ < first_ + count) {
      damage_(copy_, damaged_ - first_);
    }
    first_ += count;
    return copy_.frames;
  }

 private:
  std::unique_ptr<SoakEngine> engine_;
  uint64_t damaged_;
  Damage damage_;
  uint64_t first_ = 0;
  std::deque<size_t> counts_;
  Copy copy_;
};

class SoakTest : public testing::Test {
 protected:
  // What a run says when block `damaged` is damaged so.
  std::string error_of(uint64_t damaged, const Damage& damage) const {
    DamagedEngine engine(pool_, damaged, damage);
    try {
      run_soak(options(), pool_, engine);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "";
  }

  // A block that is not as good as empty and, or not, goes to the host model.
  uint64_t large_block(uint64_t from, bool for_model) const {
    while (pool_.block(from).size() < 100 || (from % 10 == 0) != for_model) {
      ++from;
    }
    return from;
  }

  const BlockPool pool_{200'000, 200, 7};
};

TEST_F(SoakTest, CountsWhatItChecked) {
  const auto engine = make_soak_engine("host", options(), pool_);
  const SoakReport report = run_soak(options(), pool_, *engine);
  EXPECT_EQ(report.blocks, kBlocks);
  EXPECT_EQ(report.model_frames, kBlocks / 10);
  uint64_t bytes = 0;
  std::set<size_t> sizes;
  for (uint64_t k = 0; k < kBlocks; ++k) {
    bytes += pool_.block(k).size();
    sizes.insert(pool_.block(k).size());
  }
  EXPECT_EQ(report.raw_bytes, bytes);
  EXPECT_EQ(sizes.size(), 201u);  // 0 to 200, all of them
  EXPECT_GT(report.frame_bytes, 0u);
}

TEST_F(SoakTest, FindsABlockThatWasNotEncoded) {
  EXPECT_EQ(error_of(2499, [](Copy& copy, size_t k) { copy.sizes[1][k] = 0; }),
            "level 1, block 2499 of " +
                std::to_string(pool_.block(2499).size()) +
                " bytes: it was not encoded");
}

TEST_F(SoakTest, FindsFramesThatDependOnTheBatch) {
  const std::string error = error_of(0, [](Copy& copy, size_t k) {
    copy.memory[1][k * copy.frames.stride + copy.sizes[1][k] - 1] ^= 1;
  });
  EXPECT_NE(error.find("block 0 of"), std::string::npos) << error;
  EXPECT_NE(error.find("different frames"), std::string::npos) << error;
}

TEST_F(SoakTest, FindsAFrameThatDoesNotDecode) {
  const std::string error = error_of(1700, [](Copy& copy, size_t k) {
    for (int s = 0; s < 2; ++s) {
      // The checksum's last byte.
      copy.memory[s][k * copy.frames.stride + copy.sizes[s][k] - 1] ^= 1;
    }
  });
  EXPECT_NE(error.find("block 1700 of"), std::string::npos) << error;
  EXPECT_NE(error.find("checksum"), std::string::npos) << error;
}

TEST_F(SoakTest, FindsTheFrameOfAnotherBlock) {
  const uint64_t block = large_block(601, false);
  const std::string error = error_of(block, [](Copy& copy, size_t k) {
    for (int s = 0; s < 2; ++s) {
      copy.sizes[s][k] = copy.sizes[s][k + 1];
      std::copy_n(&copy.memory[s][(k + 1) * copy.frames.stride],
                  copy.sizes[s][k], &copy.memory[s][k * copy.frames.stride]);
    }
  });
  EXPECT_NE(error.find("block " + std::to_string(block) + " of"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find("decodes to something else"), std::string::npos)
      << error;
}

// Right frames of another level are found by the model only, so only where the
// sample has the block.
TEST_F(SoakTest, FindsFramesThatAreNotTheModels) {
  const auto raw_frame = [&](uint64_t block) {
    return [&, block](Copy& copy, size_t k) {
      const Block content = pool_.block(block);
      // One raw block: magic number, single segment with the size in a byte, no
      // checksum; last block, raw, its length.
      std::vector<uint8_t> frame{
          0x28, 0xB5, 0x2F, 0xFD, 0x20, static_cast<uint8_t>(content.size())};
      const size_t header = content.size() << 3 | 1;
      for (int byte = 0; byte < 3; ++byte) {
        frame.push_back(static_cast<uint8_t>(header >> 8 * byte));
      }
      frame.insert(frame.end(), content.begin(), content.end());
      for (int s = 0; s < 2; ++s) {
        copy.sizes[s][k] = frame.size();
        std::copy(frame.begin(), frame.end(),
                  &copy.memory[s][k * copy.frames.stride]);
      }
    };
  };
  const uint64_t sampled = large_block(0, true);
  const std::string error = error_of(sampled, raw_frame(sampled));
  EXPECT_NE(error.find("block " + std::to_string(sampled) + " of"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find("not the host model's"), std::string::npos) << error;
  const uint64_t other = large_block(0, false);
  EXPECT_EQ(error_of(other, raw_frame(other)), "");
}

}  // namespace
}  // namespace gpu_zstd::tools
