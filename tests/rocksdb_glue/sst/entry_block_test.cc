// Blocks of prefix-compressed entries: what goes in comes out, and handles are
// all that changes.

#include "rocksdb_glue/sst/entry_block.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gpu_zstd::test {
namespace {

TEST(EntryBlockTest, KeysAndValuesComeBack) {
  const KeyValues entries = {{"rocksdb.a", "1"},
                             {"rocksdb.ab", ""},
                             {"rocksdb.b", "\0\xff"},
                             {"z", "z"}};
  for (const size_t interval : {size_t{1}, size_t{2}, SIZE_MAX}) {
    KeyValues read;
    std::vector<size_t> offsets;
    const std::string block = build_key_values(entries, interval);
    const BlockFault fault = parse_key_values(block, &read, &offsets);
    ASSERT_FALSE(fault) << fault.what;
    EXPECT_EQ(read, entries);
    ASSERT_EQ(offsets.size(), entries.size());
    EXPECT_EQ(block.substr(offsets[3], 1), "z");
  }
}

TEST(EntryBlockTest, AnEmptyBlockHasOneRestartPoint) {
  const std::string block = build_key_values({}, 1);
  EXPECT_EQ(block, std::string("\0\0\0\0\1\0\0\0", 8));
  KeyValues read;
  EXPECT_FALSE(parse_key_values(block, &read));
  EXPECT_TRUE(read.empty());
}

TEST(EntryBlockTest, RefusesKeysThatDoNotRise) {
  KeyValues read;
  EXPECT_TRUE(
      parse_key_values(build_key_values({{"b", ""}, {"a", ""}}, 1), &read));
  read.clear();
  EXPECT_TRUE(
      parse_key_values(build_key_values({{"a", ""}, {"a", ""}}, 1), &read));
}

TEST(EntryBlockTest, RefusesEveryCutBlock) {
  const std::string block =
      build_key_values({{"first", "value"}, {"second", "value"}}, 1);
  for (size_t cut = 0; cut < block.size(); ++cut) {
    KeyValues read;
    EXPECT_TRUE(parse_key_values(Bytes(block).substr(0, cut), &read)) << cut;
  }
}

TEST(EntryBlockTest, RefusesRestartPointsBetweenEntries) {
  std::string block = build_key_values({{"first", "1"}, {"second", "2"}}, 1);
  write_fixed32(3, block.data() + block.size() - 8);
  KeyValues read;
  const BlockFault fault = parse_key_values(block, &read);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault.at, block.size() - 8);
}

TEST(EntryBlockTest, RefusesFeaturesOfDataBlocks) {
  for (const unsigned bit : {28U, 30U, 31U}) {
    std::string block = build_key_values({{"k", "v"}}, 1);
    write_fixed32(1U | 1U << bit, block.data() + block.size() - 4);
    IndexBlock index;
    EXPECT_TRUE(parse_index(block, {}, &index)) << bit;
  }
}

struct Style {
  IndexStyle style;
  const char* name;
};

class EveryStyle : public testing::TestWithParam<Style> {};

// Three entries, of which the second shares bytes with the first.
IndexBlock sample_index(const IndexStyle& style) {
  IndexBlock index;
  index.entries = {{0, "apple", {}, {0, 100}},
                   {3, "ly", {}, {105, 50}},
                   {0, "pear", {}, {160, 1 << 20}}};
  if (style.with_first_key) {
    for (IndexBlock::Entry& entry : index.entries) {
      entry.first_key = "a first key";
    }
  }
  index.restarts = {0, 2};
  index.feature_bits = 1U << 29;
  return index;
}

TEST_P(EveryStyle, ReplacesHandlesAndKeepsTheRest) {
  const IndexStyle style = GetParam().style;
  const IndexBlock index = sample_index(style);
  const std::vector<BlockHandle> moved = {
      {0, 7}, {12, 1 << 30}, {(1 << 30) + 17, 3}};
  std::string block;
  ASSERT_TRUE(build_index(index, style, moved, &block));
  IndexBlock read;
  const BlockFault fault = parse_index(block, style, &read);
  ASSERT_FALSE(fault) << fault.what << " at " << fault.at;
  ASSERT_EQ(read.entries.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read.entries[i].handle, moved[i]) << i;
    EXPECT_EQ(read.entries[i].shared, index.entries[i].shared);
    EXPECT_EQ(read.entries[i].key_suffix, index.entries[i].key_suffix);
    EXPECT_EQ(read.entries[i].first_key, index.entries[i].first_key);
  }
  EXPECT_EQ(read.restarts, index.restarts);
  EXPECT_EQ(read.feature_bits, index.feature_bits);
}

TEST_P(EveryStyle, RefusesEveryCutIndex) {
  const IndexStyle style = GetParam().style;
  const IndexBlock index = sample_index(style);
  std::string block;
  ASSERT_TRUE(
      build_index(index, style, {{0, 100}, {105, 50}, {160, 9}}, &block));
  for (size_t cut = 0; cut < block.size(); ++cut) {
    IndexBlock read;
    EXPECT_TRUE(parse_index(Bytes(block).substr(0, cut), style, &read)) << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Styles, EveryStyle,
    testing::Values(Style{{false, false}, "full"},
                    Style{{true, false}, "delta"},
                    Style{{false, true}, "full_first_key"},
                    Style{{true, true}, "delta_first_key"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(IndexBlockTest, DeltaEncodingNeedsNeighbours) {
  const IndexStyle style{.delta_encoded = true};
  std::string block;
  EXPECT_FALSE(build_index(sample_index(style), style,
                           {{0, 100}, {106, 50}, {161, 9}}, &block));
}

}  // namespace
}  // namespace gpu_zstd::test
