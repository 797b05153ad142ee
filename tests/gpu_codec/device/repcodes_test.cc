#include "gpu_codec/device/repcodes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/device/exec_host.h"

namespace gpu_zstd {
namespace {

// The decoder's rule of RFC 8878, 3.1.1.5, applied to an offset base.
uint32_t decode_offset(uint32_t (&reps)[3], uint32_t off_base,
                       uint32_t lit_length) {
  uint32_t offset;
  uint32_t moved = 2;
  if (off_base > 3) {
    offset = off_base - 3;
  } else {
    const uint32_t place = off_base - 1 + (lit_length == 0 ? 1 : 0);
    offset = place < 3 ? reps[place] : reps[0] - 1;
    moved = place < 3 ? place : 2;
  }
  for (uint32_t r = moved; r > 0; --r) reps[r] = reps[r - 1];
  reps[0] = offset;
  return offset;
}

TEST(Repcodes, ScannedStatesAreWhatADecoderReaches) {
  std::mt19937 random(3);
  for (uint32_t round = 0; round < 200; ++round) {
    const uint32_t count = random() % 700;
    std::vector<uint32_t> offsets(count);
    std::vector<uint32_t> runs(count);
    for (uint32_t k = 0; k < count; ++k) {
      offsets[k] = 1 + random() % (2 + round % 9);
      runs[k] = random() % 3;
      // Touching matches of one offset are merged before.
      if (k > 0 && offsets[k] == offsets[k - 1] && runs[k] == 0) runs[k] = 1;
      if (k == 0 && runs[k] == 0) runs[k] = 1;
    }
    std::vector<RepHistory> histories(count + 1);
    HostBlockExec x(1 + random() % 64);
    histories[count] =
        visit_histories(x, offsets.data(), count,
                        history_share(count, x.threads()), initial_history(),
                        [&](uint32_t, uint32_t k, const RepHistory& h,
                            uint32_t) { histories[k] = h; });
    uint32_t reps[3] = {1, 4, 8};
    for (uint32_t k = 0; k < count; ++k) {
      for (uint32_t r = 0; r < 3; ++r) {
        ASSERT_EQ(histories[k].offsets[r], reps[r]) << k;
      }
      const uint32_t off_base =
          resolve_offset(histories[k], offsets[k], runs[k]);
      ASSERT_EQ(decode_offset(reps, off_base, runs[k]), offsets[k]) << k;
    }
    for (uint32_t r = 0; r < 3; ++r) {
      ASSERT_EQ(histories[count].offsets[r], reps[r]);
    }
  }
}

TEST(Repcodes, OffsetsOfCodesAreTheOnesTheyResolveTo) {
  const RepHistory h{{7, 20, 90}};
  for (const uint32_t run : {0u, 5u}) {
    for (uint32_t rep = 0; rep < 3; ++rep) {
      EXPECT_EQ(resolve_offset(h, rep_offset(h, rep, run), run), rep + 1);
    }
  }
  EXPECT_EQ(resolve_offset(h, 7, 0), 10u);
  EXPECT_EQ(resolve_offset(h, 1000, 4), 1003u);
}

}  // namespace
}  // namespace gpu_zstd
