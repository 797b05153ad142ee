#include "gpu_codec/device/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/encoder_memory.h"
#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/find_candidates.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"
#include "gpu_codec/workspace.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

constexpr uint32_t kSizes[] = {1, 7, 9, 900, 4000};

// A preset's memory in a layout for small blocks.
template <uint32_t kPreset, bool kAlone>
class Memory {
 public:
  Memory() {
    Carver fast;
    Carver slow;
    carve(fast, slow);
    fast_.resize(fast.used() / sizeof(WordQuad) + 1);
    slow_.resize(slow.used() / sizeof(WordQuad) + 1);
  }

  // Finds the block's candidates; the longest ones, then the nearest.
  std::vector<uint32_t> search(const std::vector<uint8_t>& bytes, uint32_t n) {
    Carver fast(reinterpret_cast<uint8_t*>(fast_.data()));
    Carver slow(reinterpret_cast<uint8_t*>(slow_.data()));
    auto memory = carve(fast, slow);
    std::copy_n(bytes.data(), n, memory.data);
    std::fill_n(memory.data + n, kDataPadding, uint8_t{0});
    auto& m = memory.lz77;
    m.n = n;
    HostBlockExec x(64);
    search_tables<kPreset>(x, m);
    std::vector<uint32_t> found(m.longest[0], m.longest[0] + n);
    found.insert(found.end(), m.nearest[0], m.nearest[0] + n);
    return found;
  }

 private:
  static auto carve(Carver& fast, Carver& slow) {
    return carve_encoder<kPreset, kSmallBlockBytes, kAlone>(fast, slow);
  }

  std::vector<WordQuad> fast_;
  std::vector<WordQuad> slow_;
};

template <uint32_t kPreset>
void expect_equal_candidates() {
  Memory<kPreset, false> in_turn;
  Memory<kPreset, true> together;
  for (uint32_t n : kSizes) {
    for (const testing::NamedChunk& shape : testing::chunk_shapes(n, 5)) {
      SCOPED_TRACE(shape.name);
      EXPECT_EQ(in_turn.search(shape.bytes, n),
                together.search(shape.bytes, n));
    }
  }
}

TEST(SearchTables, TogetherFindsWhatOneAfterTheOtherDoes) {
  expect_equal_candidates<3>();
  expect_equal_candidates<4>();
  expect_equal_candidates<5>();
}

// Link by link and byte by byte.
CandidateSlots walk_slowly(const std::vector<uint8_t>& data, uint32_t n,
                           uint32_t i, const std::vector<uint16_t>& previous,
                           const Preset& preset) {
  CandidateSlots slots{0, 0};
  uint32_t best = preset.min_match - 1;
  uint32_t link = previous[i];
  for (uint32_t step = 0; step < preset.tables[preset.table_count - 1].depth &&
                          link != kNoPosition<uint16_t>;
       ++step) {
    uint32_t length = 0;
    while (length < preset.search_cap && i + length < n &&
           data[i + length] == data[link + length]) {
      ++length;
    }
    if (length > best) {
      best = length;
      keep_candidate(slots, make_candidate(i - link, length));
    }
    link = previous[link];
  }
  return slots;
}

template <uint32_t kPreset>
void expect_slow_walks() {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr uint32_t kTable = kP.table_count - 1;
  constexpr uint32_t kBits = 8;  // few, so that chains are long
  for (uint32_t n : kSizes) {
    for (testing::NamedChunk& shape : testing::chunk_shapes(n, 6)) {
      SCOPED_TRACE(shape.name);
      std::vector<uint8_t>& data = shape.bytes;
      data.resize(n);
      data.resize(n + kDataPadding);
      std::vector<WordQuad> heads((1u << kBits) / 4);
      std::vector<uint16_t> previous(n + kLazyRow);
      HostBlockExec x(64);
      insert_grams<kP.tables[kTable].gram>(x, data.data(), n, true,
                                           {heads.data()->word, kBits, 1},
                                           previous.data());
      for (uint32_t i = 0; i < n; ++i) {
        CandidateSlots slots{0, 0};
        walk_chain<kPreset, kTable>(data.data(), n, i, previous.data(), slots);
        const CandidateSlots slow = walk_slowly(data, n, i, previous, kP);
        ASSERT_EQ(slots.nearest, slow.nearest) << i;
        ASSERT_EQ(slots.longest, slow.longest) << i;
      }
    }
  }
}

TEST(WalkChain, FindsWhatASlowWalkDoes) {
  expect_slow_walks<3>();
  expect_slow_walks<4>();
  expect_slow_walks<5>();
}

}  // namespace
}  // namespace gpu_zstd
