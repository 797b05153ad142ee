// The streaming pipeline over slots that run the host model: order, overlap,
// bounds and faults.
#include "gpu_codec/pipeline/pipeline.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/host_model/frame_model.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

using Bytes = std::vector<uint8_t>;

// What the slots shall do wrong, and what they saw.
struct Script {
  size_t fail_submit = ~size_t{0};  // the number of the call that fails
  size_t fail_wait = ~size_t{0};
  size_t bad_block = ~size_t{0};  // the number of the block
  Status bad_status = Status::kCompressed;
  size_t bad_frame = ~size_t{0};
  size_t bad_frame_bytes = 0;
  size_t submits = 0;
  size_t waits = 0;
  size_t under_way = 0;
  size_t most_under_way = 0;
  size_t blocks = 0;
  bool foreign_source = false;  // a source outside the slot's memory
  bool misuse = false;
};

// Encodes when it is waited for, from the memory as it is then: input that was
// overwritten too early shows in the frames.
class HostSlots : public SlotDevice {
 public:
  explicit HostSlots(Script* script) : script_(*script) {}
  ~HostSlots() override { script_.misuse |= script_.under_way != 0; }

  PipelineError open(const SlotShape& shape,
                     std::vector<SlotMemory>* slots) override {
    shape_ = shape;
    encoder_ = std::make_unique<host_model::FrameEncoder>(
        shape.block_bytes, shape.level, shape.checksum);
    slots_.resize(shape.slots);
    for (Slot& s : slots_) {
      s.input.resize(shape.blocks * shape.block_bytes);
      s.frames.resize(shape.blocks * shape.frame_capacity);
      s.frame_bytes.resize(shape.blocks);
      s.statuses.resize(shape.blocks);
      slots->push_back({s.input.data(), s.frames.data(), s.frame_bytes.data(),
                        s.statuses.data()});
    }
    return nullptr;
  }

  PipelineError submit(size_t slot, const uint8_t* h_source,
                       size_t bytes) override {
    Slot& s = slots_[slot];
    script_.misuse |= s.busy || bytes == 0 || bytes > s.input.size();
    script_.foreign_source |= h_source != s.input.data();
    if (script_.submits++ == script_.fail_submit) return "submit failed";
    s.busy = true;
    s.source = {h_source, bytes};
    script_.most_under_way =
        std::max(script_.most_under_way, ++script_.under_way);
    return nullptr;
  }

  PipelineError wait(size_t slot) override {
    Slot& s = slots_[slot];
    if (!s.busy) return nullptr;
    s.busy = false;
    --script_.under_way;
    if (script_.waits++ == script_.fail_wait) return "wait failed";
    for (size_t b = 0; b * shape_.block_bytes < s.source.size(); ++b) {
      const size_t first = b * shape_.block_bytes;
      const auto block = s.source.subspan(
          first, std::min(shape_.block_bytes, s.source.size() - first));
      s.frame_bytes[b] = encoder_->encode(
          block, std::span(s.frames).subspan(b * shape_.frame_capacity,
                                             shape_.frame_capacity));
      s.statuses[b] = Status::kCompressed;
      if (script_.blocks == script_.bad_block) {
        s.statuses[b] = script_.bad_status;
      }
      if (script_.blocks == script_.bad_frame) {
        s.frame_bytes[b] = script_.bad_frame_bytes;
      }
      ++script_.blocks;
    }
    return nullptr;
  }

 private:
  struct Slot {
    Bytes input;
    Bytes frames;
    std::vector<size_t> frame_bytes;
    std::vector<Status> statuses;
    std::span<const uint8_t> source;
    bool busy = false;
  };

  Script& script_;
  SlotShape shape_{};
  std::unique_ptr<host_model::FrameEncoder> encoder_;
  std::vector<Slot> slots_;
};

size_t capacity_of(size_t block_bytes) {
  return frame_bound(block_bytes, kMaxBlockBytes, true);
}

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() : pipeline_(std::make_unique<HostSlots>(&script_)) {
    options_.level = 1;
    options_.checksum = true;
    options_.block_bytes = 1000;
    options_.blocks_per_slot = 4;
    options_.slots = 3;
  }

  void open() {
    ASSERT_EQ(pipeline_.open(options_, capacity_of(options_.block_bytes)),
              nullptr);
  }

  // Encodes and checks that the blocks come in order, each decoding to its
  // part of the input.
  PipelineError encode(const Bytes& input) {
    taken_ = 0;
    return pipeline_.encode(input, [&](size_t block,
                                       std::span<const uint8_t> frame) {
      ASSERT_EQ(block, taken_++);
      Bytes decoded(options_.block_bytes);
      const size_t bytes = ZSTD_decompress(decoded.data(), decoded.size(),
                                           frame.data(), frame.size());
      ASSERT_FALSE(ZSTD_isError(bytes)) << block;
      const size_t first = block * options_.block_bytes;
      ASSERT_EQ(bytes, std::min(options_.block_bytes, input.size() - first));
      ASSERT_TRUE(std::equal(decoded.begin(), decoded.begin() + bytes,
                             input.begin() + first))
          << block;
    });
  }

  Script script_;
  PipelineOptions options_;
  Pipeline pipeline_;
  size_t taken_ = 0;
};

TEST_F(PipelineTest, InputsOfEveryLengthAroundTheRing) {
  open();
  for (const size_t n : {0u, 1u, 999u, 1000u, 1001u, 3999u, 4000u, 4001u,
                         11999u, 12000u, 12001u, 50500u}) {
    EXPECT_EQ(encode(testing::wordy_chunk(n, 3)), nullptr) << n;
    EXPECT_EQ(taken_, (n + 999) / 1000) << n;
  }
  EXPECT_FALSE(script_.misuse);
  EXPECT_FALSE(script_.foreign_source);
}

TEST_F(PipelineTest, AllSlotsAreUnderWayAndNoMore) {
  open();
  EXPECT_EQ(encode(testing::wordy_chunk(40000, 3)), nullptr);
  EXPECT_EQ(script_.most_under_way, 3u);
  EXPECT_EQ(script_.submits, 10u);
  EXPECT_EQ(script_.under_way, 0u);
}

TEST_F(PipelineTest, PinnedInputIsReadWhereItIs) {
  options_.pinned_input = true;
  open();
  EXPECT_EQ(encode(testing::wordy_chunk(9000, 3)), nullptr);
  EXPECT_EQ(taken_, 9u);
  EXPECT_TRUE(script_.foreign_source);
}

TEST_F(PipelineTest, OneSlotOfOneBlock) {
  options_.slots = 1;
  options_.blocks_per_slot = 1;
  open();
  EXPECT_EQ(encode(testing::wordy_chunk(5500, 3)), nullptr);
  EXPECT_EQ(taken_, 6u);
  EXPECT_EQ(script_.most_under_way, 1u);
}

TEST_F(PipelineTest, AFaultEndsItWithNothingUnderWay) {
  const auto expect_fault = [&](const Script& script, const char* error,
                                size_t taken) {
    script_ = script;
    Pipeline pipeline(std::make_unique<HostSlots>(&script_));
    ASSERT_EQ(pipeline.open(options_, capacity_of(options_.block_bytes)),
              nullptr);
    size_t blocks = 0;
    const auto count = [&](size_t, std::span<const uint8_t>) { ++blocks; };
    const Bytes input = testing::wordy_chunk(40000, 3);
    EXPECT_STREQ(pipeline.encode(input, count), error);
    EXPECT_EQ(blocks, taken) << error;
    EXPECT_EQ(script_.under_way, 0u) << error;
    EXPECT_NE(pipeline.encode(input, count), nullptr) << error;
    EXPECT_EQ(blocks, taken) << error;
    EXPECT_FALSE(script_.misuse) << error;
  };
  expect_fault({.fail_submit = 0}, "submit failed", 0);
  expect_fault({.fail_submit = 5}, "submit failed", 12);
  expect_fault({.fail_wait = 2}, "wait failed", 8);
  expect_fault({.bad_block = 13, .bad_status = Status::kDoesNotFit},
               "block 13: its frame does not fit frame_capacity", 13);
  expect_fault({.bad_block = 0, .bad_status = Status::kUnsupported},
               "block 0: the encoder does not take it", 0);
  expect_fault({.bad_frame = 39,
                .bad_frame_bytes = capacity_of(options_.block_bytes) + 1},
               "block 39: its frame is longer than its capacity", 39);
  expect_fault({.bad_frame = 5}, "block 5: its frame is empty", 5);
}

TEST_F(PipelineTest, AnExceptionOfTheSinkEndsItWithNothingUnderWay) {
  open();
  const Bytes input = testing::wordy_chunk(40000, 3);
  EXPECT_THROW(pipeline_.encode(input,
                                [](size_t block, std::span<const uint8_t>) {
                                  if (block == 6) throw std::runtime_error("");
                                }),
               std::runtime_error);
  EXPECT_EQ(script_.under_way, 0u);
  EXPECT_NE(encode(input), nullptr);
  EXPECT_EQ(taken_, 0u);
  EXPECT_FALSE(script_.misuse);
}

TEST_F(PipelineTest, RefusesWhatCannotWork) {
  EXPECT_NE(encode({1, 2, 3}), nullptr);  // not open
  for (const size_t block_bytes : {size_t{1000}, size_t{1} << 20}) {
    PipelineOptions options = options_;
    options.block_bytes = block_bytes;
    options.checksum = false;
    EXPECT_NE(pipeline_.open(options, capacity_of(block_bytes) - 1), nullptr);
  }
  for (size_t PipelineOptions::*zero :
       {&PipelineOptions::slots, &PipelineOptions::blocks_per_slot,
        &PipelineOptions::block_bytes}) {
    PipelineOptions wrong = options_;
    wrong.*zero = 0;
    EXPECT_NE(pipeline_.open(wrong, capacity_of(1000)), nullptr);
  }
}

}  // namespace
}  // namespace gpu_zstd
