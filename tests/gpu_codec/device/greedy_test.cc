#include "gpu_codec/device/greedy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

// Records of ten bytes of which the first two are noise, and candidates of the
// four positions that are tried.
struct PeriodicBlock {
  static constexpr uint32_t kBytes = 400;
  static constexpr uint32_t kPeriod = 10;
  std::vector<uint8_t> data = testing::random_chunk(kBytes + kDataPadding, 3);
  CandidateGroup<4> group{};

  PeriodicBlock() {
    for (uint32_t i = 0; i < kBytes; ++i) {
      if (i % kPeriod >= 2) data[i] = static_cast<uint8_t>(i % kPeriod);
    }
  }

  // The choice at position `i`, a place in its group of four.
  uint32_t choice(uint32_t i) const {
    const uint64_t choices =
        periodic_choices(group, data.data(), kBytes, i / 4 * 4, kPeriod);
    return choices >> (16 * (i % 4)) & 0xFFFF;
  }
};

TEST(PeriodicChoices, AreThePeriodUnlessAnotherMatchSavesMore) {
  PeriodicBlock block;
  EXPECT_EQ(block.choice(52), make_choice(kFromRep0, 8));
  EXPECT_EQ(block.choice(53), make_choice(kFromRep0, 7));
  EXPECT_EQ(block.choice(2), 0u) << "nothing is before";
  EXPECT_EQ(block.choice(398), 0u) << "two bytes are too short";
  block.group.longest[0] = make_candidate(50, 9);
  EXPECT_EQ(block.choice(52), make_choice(kFromRep0, 8));
  block.group.longest[0] = make_candidate(50, 28);
  EXPECT_EQ(block.choice(52), make_choice(kFromLongest, 28));
}

TEST(PeriodicChoices, LeaveAMatchForThePeriodsBehindIt) {
  PeriodicBlock block;
  block.group.longest[1] = make_candidate(200, 9);
  EXPECT_EQ(block.choice(61), 0u) << "eight bytes at the next position";
  block.group.longest[1] = make_candidate(200, 29);
  EXPECT_EQ(block.choice(61), make_choice(kFromLongest, 29));
}

}  // namespace
}  // namespace gpu_zstd
