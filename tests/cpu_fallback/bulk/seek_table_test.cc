#include "cpu_fallback/bulk/seek_table.h"

#include <gtest/gtest.h>

#include <string>

#include "cpu_fallback/bulk/frame_format.h"

namespace gpu_zstd {
namespace {

const std::vector<SeekEntry> kEntries = {{10, 100}, {20, 200}, {1, 0}};

TEST(SeekTable, HasTheLayoutOfThePublishedFormat) {
  const std::vector<char> table = write_seek_table(kEntries);
  ASSERT_EQ(table.size(), 8 + 3 * 8 + 9u);
  EXPECT_EQ(load_u32(table.data()), 0x184D2A5Eu);
  EXPECT_EQ(load_u32(table.data() + 4), 3 * 8 + 9u);
  EXPECT_EQ(load_u32(table.data() + 16), 20u);   // second entry, coded
  EXPECT_EQ(load_u32(table.data() + 20), 200u);  // and raw
  EXPECT_EQ(load_u32(table.data() + 32), 3u);    // number of frames
  EXPECT_EQ(table[36], 0);                       // no checksums
  EXPECT_EQ(load_u32(table.data() + 37), 0x8F92EAB1u);
}

TEST(SeekTable, ReadsWhatItWrote) {
  for (size_t count = 0; count <= kEntries.size(); ++count) {
    const auto entries = std::span(kEntries).first(count);
    const auto table = write_seek_table(entries);
    EXPECT_EQ(seek_table_bytes(std::span(table).last(kSeekFooterBytes)),
              table.size());
    EXPECT_EQ(read_seek_table(table),
              std::vector<SeekEntry>(entries.begin(), entries.end()));
  }
}

TEST(SeekTable, PassesOverChecksumsOfOtherWriters) {
  std::vector<char> table(8 + 2 * 12 + 9);
  store_u32(table.data(), 0x184D2A5E);
  store_u32(table.data() + 4, 2 * 12 + 9);
  store_u32(table.data() + 8, 7);
  store_u32(table.data() + 12, 70);
  store_u32(table.data() + 16, 0xABCDEF);  // checksum
  store_u32(table.data() + 20, 8);
  store_u32(table.data() + 24, 80);
  store_u32(table.data() + 32, 2);
  table[36] = static_cast<char>(0x80);
  store_u32(table.data() + 37, 0x8F92EAB1);
  EXPECT_EQ(read_seek_table(table), (std::vector<SeekEntry>{{7, 70}, {8, 80}}));
}

TEST(SeekTable, RefusesAnyDamagedHeadOrFoot) {
  const std::vector<char> good = write_seek_table(kEntries);
  std::vector<size_t> vital = {0, 1, 2, 3, 4, 5, 6, 7};
  for (size_t at = good.size() - 9; at < good.size(); ++at) {
    vital.push_back(at);
  }
  for (const size_t at : vital) {
    std::vector<char> bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    EXPECT_FALSE(read_seek_table(bad).has_value()) << "byte " << at;
  }
  for (size_t bytes = 0; bytes < good.size(); ++bytes) {
    EXPECT_FALSE(read_seek_table(std::span(good).first(bytes)).has_value());
  }
}

}  // namespace
}  // namespace gpu_zstd
