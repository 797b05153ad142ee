#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gpu_codec/device/entropy_tables.h"
#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/fse_chain.h"
#include "gpu_codec/device/fse_default_tables.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/device/histogram.h"
#include "tests/support/checker_entropy.h"

namespace gpu_zstd {
namespace {

using Counts = std::vector<uint32_t>;
using WarpExec = HostExec<kWarpThreads>;

Counts random_counts(std::mt19937& random, uint32_t symbols, uint32_t spread) {
  Counts counts(kMaxFseSymbols, 0);
  for (uint32_t s = 0; s < symbols; ++s) {
    if (random() % 4 != 0) counts[s] = random() % (1u << (random() % spread));
  }
  return counts;
}

uint32_t sum(const Counts& counts) {
  uint32_t total = 0;
  for (const uint32_t count : counts) total += count;
  return total;
}

FsePlan make_plan(const Counts& counts, uint32_t log) {
  WarpExec x;
  FsePlan plan{};
  WordQuad keys[kMaxFseSymbols / 4];
  plan_fse(x, plan, keys, counts.data(), sum(counts), log);
  return plan;
}

FseTable make_table(const FsePlan& plan) {
  WarpExec x;
  alignas(16) uint8_t scratch[FseTableScratch::bytes(kMaxFseLog)];
  FseTable table{};
  build_fse_table(x, scratch, plan, table);
  return table;
}

std::vector<uint8_t> header_bytes(const FsePlan& plan) {
  std::vector<uint8_t> bytes;
  for (uint32_t i = 0; i < plan.header_bytes; ++i) {
    bytes.push_back(static_cast<uint8_t>(plan.header[i / 4] >> (i % 4 * 8)));
  }
  return bytes;
}

TEST(FsePlan, NormalisedCountsSumToTheTableSize) {
  std::mt19937 random(1);
  uint32_t planned = 0;
  for (uint32_t round = 0; round < 5000; ++round) {
    const Counts counts =
        random_counts(random, 2 + random() % 52, 1 + random() % 16);
    const uint32_t log = kMinFseLog + random() % 5;
    const FsePlan plan = make_plan(counts, log);
    if (plan.cost == kNoPlan) {
      ASSERT_TRUE(plan.symbols < 2 || plan.symbols > 1u << log);
      continue;
    }
    ++planned;
    uint32_t slots = 0;
    for (uint32_t s = 0; s < kMaxFseSymbols; ++s) {
      ASSERT_EQ(plan.norm[s] > 0, counts[s] > 0) << s;
      slots += plan.norm[s];
    }
    ASSERT_EQ(slots, 1u << log);
  }
  EXPECT_GT(planned, 3000u);
}

TEST(FsePlan, DescriptionDecodesToTheSameCounts) {
  std::mt19937 random(2);
  for (uint32_t round = 0; round < 5000; ++round) {
    const Counts counts =
        random_counts(random, 2 + random() % 52, 1 + random() % 16);
    const FsePlan plan = make_plan(counts, kMinFseLog + random() % 5);
    if (plan.cost == kNoPlan) continue;
    const std::vector<uint8_t> bytes = header_bytes(plan);
    const testing::FseCounts read =
        testing::read_fse_counts({bytes, 0}, 9, 63, "table");
    ASSERT_EQ(read.bytes, bytes.size());
    ASSERT_EQ(static_cast<uint32_t>(read.accuracy_log), plan.log);
    for (uint32_t s = 0; s < kMaxFseSymbols; ++s) {
      const int count = s < read.counts.size() ? read.counts[s] : 0;
      ASSERT_EQ(static_cast<uint32_t>(count), plan.norm[s]) << s;
    }
  }
}

// Decoding a state must lead back to where encoding came from.
void expect_inverse(const FseTable& table, const testing::FseTable& decoder) {
  const uint32_t size = 1u << table.log;
  ASSERT_EQ(decoder.cells.size(), size);
  for (uint32_t s = 0; s < kMaxFseSymbols; ++s) {
    if (table.slots[s] == 0) continue;
    for (uint32_t before = size; before < 2 * size; ++before) {
      uint32_t state = before;
      const uint32_t bits = encode_fse_symbol(table, table.symbols[s], &state);
      const testing::FseCell& cell = decoder.cells[state - size];
      ASSERT_EQ(cell.symbol, s);
      ASSERT_EQ(cell.bits, bits);
      ASSERT_EQ(cell.baseline + (before & ((1u << bits) - 1)), before - size);
    }
  }
}

TEST(FseTable, EncodingIsTheInverseOfDecoding) {
  std::mt19937 random(3);
  for (uint32_t round = 0; round < 150; ++round) {
    const Counts counts =
        random_counts(random, 2 + random() % 52, 1 + random() % 14);
    const FsePlan plan = make_plan(counts, kMinFseLog + random() % 5);
    if (plan.cost == kNoPlan) continue;
    const std::vector<uint8_t> bytes = header_bytes(plan);
    expect_inverse(make_table(plan),
                   testing::make_fse_table(
                       testing::read_fse_counts({bytes, 0}, 9, 63, "table")));
  }
}

TEST(FseTable, PredefinedTablesAreTheFormats) {
  const auto expect = [](const FseTable& table, const int16_t* counts,
                         uint32_t symbols) {
    testing::FseCounts described;
    described.accuracy_log = static_cast<int>(table.log);
    described.counts.assign(counts, counts + symbols);
    expect_inverse(table, testing::make_fse_table(described));
  };
  expect(kDefaultTables[kLitLengths], kDefaultLitLengthCounts, kLitLengthCodes);
  expect(kDefaultTables[kOffsets], kDefaultOffsetCounts, kDefaultOffsetSymbols);
  expect(kDefaultTables[kMatchLengths], kDefaultMatchLengthCounts,
         kMatchLengthCodes);
}

// What each symbol writes, then the final state.
std::vector<uint32_t> serial_fields(const FseTable& table,
                                    const std::vector<uint16_t>& symbols) {
  std::vector<uint32_t> fields(symbols.size() + 1, 0);
  uint32_t state = first_state(table, symbols[0]);
  for (size_t t = 1; t < symbols.size(); ++t) {
    const uint32_t before = state;
    const uint32_t bits =
        encode_fse_symbol(table, table.symbols[symbols[t]], &state);
    fields[t] = bits << kFieldShift | (before & ((1u << bits) - 1));
  }
  fields[symbols.size()] = state;
  return fields;
}

struct alignas(16) FieldLine {
  uint16_t fields[kFieldGroup];
};

// Streams of one table: stream c has the first counts[c] symbols. Compares
// what `encode` makes of them with the serial chain.
template <size_t kStreams, class Encode>
void expect_serial_streams(const FseTable& table,
                           const std::vector<uint8_t>& symbols,
                           const std::array<size_t, kStreams>& counts,
                           Encode encode) {
  std::array<std::vector<uint16_t>, kStreams> serial;
  std::array<std::vector<FieldLine>, kStreams> lines;
  std::array<FseStream, kStreams> streams;
  for (uint32_t c = 0; c < kStreams; ++c) {
    serial[c].assign(symbols.begin(), symbols.begin() + counts[c]);
    lines[c].resize(counts[c] / kFieldGroup + 1);
    streams[c] = {0, static_cast<uint32_t>(counts[c]), lines[c][0].fields};
    std::copy(serial[c].begin(), serial[c].end(), streams[c].fields);
  }
  const uint32_t* final_states = encode(streams.data());
  for (uint32_t c = 0; c < kStreams; ++c) {
    if (counts[c] == 0) continue;
    const std::vector<uint32_t> expected = serial_fields(table, serial[c]);
    for (size_t t = 0; t < counts[c]; ++t) {
      ASSERT_EQ(streams[c].fields[t], expected[t]) << t << " of " << counts[c];
    }
    ASSERT_EQ(final_states[c], expected[counts[c]]);
  }
}

// All symbols, half of them and none as the streams of sequences.
void expect_serial_fields(const FseTable& table,
                          const std::vector<uint8_t>& symbols,
                          uint32_t threads) {
  HostBlockExec x(threads);
  const auto chain = std::make_unique<SequenceChain>();
  const size_t n = symbols.size();
  expect_serial_streams<3>(table, symbols, {n, (n + 1) / 2, 0},
                           [&](const FseStream* streams) {
                             encode_fse_streams(x, *chain, &table, streams);
                             return chain->final_state;
                           });
}

std::vector<uint8_t> draw(std::mt19937& random, const Counts& counts,
                          size_t n) {
  std::discrete_distribution<uint32_t> distribution(counts.begin(),
                                                    counts.end());
  std::vector<uint8_t> symbols(n);
  for (uint8_t& s : symbols) s = static_cast<uint8_t>(distribution(random));
  return symbols;
}

TEST(FseChain, FieldsEqualTheSerialOnes) {
  std::mt19937 random(4);
  for (uint32_t round = 0; round < 400; ++round) {
    const Counts counts =
        random_counts(random, 2 + random() % 52, 1 + random() % 14);
    const FsePlan plan = make_plan(counts, kMinFseLog + random() % 5);
    if (plan.cost == kNoPlan) continue;
    const size_t n = 1 + random() % (1u << (1 + random() % 13));
    expect_serial_fields(make_table(plan), draw(random, counts, n), 64);
  }
}

TEST(FseChain, FieldsEqualTheSerialOnesForEveryShortLength) {
  std::mt19937 random(5);
  const Counts counts = random_counts(random, 30, 8);
  const FsePlan plan = make_plan(counts, 7);
  ASSERT_NE(plan.cost, kNoPlan);
  const FseTable table = make_table(plan);
  for (size_t n = 1; n < 9u << kMinFseWindowLog; ++n) {
    expect_serial_fields(table, draw(random, counts, n), 32);
  }
}

// No symbol is rare enough for a cut, or every one is.
TEST(FseChain, FieldsEqualTheSerialOnesWithFewAndWithManyCuts) {
  std::mt19937 random(6);
  Counts two(kMaxFseSymbols, 0);
  two[3] = two[9] = 1000;
  Counts many(kMaxFseSymbols, 0);
  for (uint32_t s = 0; s < 53; ++s) many[s] = 1;
  for (const Counts& counts : {two, many}) {
    const FseTable table = make_table(make_plan(counts, kMaxFseLog));
    for (const size_t n : {500, 5000, 43690}) {
      expect_serial_fields(table, draw(random, counts, n), 96);
    }
  }
}

// Every cut has many candidates, so that only some windows can make one.
TEST(FseChain, FieldsEqualTheSerialOnesWhereCutsAreDear) {
  std::mt19937 random(7);
  for (const uint32_t symbols : {3u, 5u, 9u, 20u, 33u}) {
    Counts counts(kMaxFseSymbols, 0);
    for (uint32_t s = 0; s < symbols; ++s) counts[s] = 100;
    const FseTable table = make_table(make_plan(counts, kMaxFseLog));
    for (const size_t n : {1000, 1025, 2048, 20000}) {
      expect_serial_fields(table, draw(random, counts, n), 64);
    }
  }
}

// Nearly all of the stream is one symbol, which makes no cut; another comes
// nowhere, or once.
TEST(FseChain, FieldsEqualTheSerialOnesBehindALongFirstRun) {
  Counts counts(kMaxFseSymbols, 0);
  counts[4] = 1000;
  counts[7] = 1;
  const FseTable table = make_table(make_plan(counts, kMaxFseLog));
  for (const size_t n : {64, 65, 66, 67, 68, 500, 2047, 4096}) {
    expect_serial_fields(table, std::vector<uint8_t>(n, 4), 96);
    for (const size_t place : {n / 3, n / 2, n - 3, n - 2, n - 1}) {
      std::vector<uint8_t> symbols(n, 4);
      symbols[place] = 7;
      expect_serial_fields(table, symbols, 96);
    }
  }
}

// Of all lengths, the second stream being as long or one shorter.
TEST(WeightChain, FieldsEqualTheSerialOnes) {
  std::mt19937 random(8);
  HostBlockExec x(64);
  const auto chain = std::make_unique<WeightChain>();
  for (uint32_t round = 0; round < 20; ++round) {
    const Counts counts = random_counts(random, 2 + random() % 11, 8);
    const FsePlan plan = make_plan(counts, kMinFseLog + round % 2);
    if (plan.cost == kNoPlan) continue;
    const FseTable table = make_table(plan);
    for (size_t n = 0; n <= kByteValues; ++n) {
      expect_serial_streams<2>(
          table, draw(random, counts, n), {(n + 1) / 2, n / 2},
          [&](const FseStream* streams) {
            encode_weight_streams(x, *chain, table, streams);
            return chain->final_state;
          });
    }
  }
}

TEST(FseChain, OneSymbolTablesTakeNoBits) {
  WarpExec x;
  FseTable table{};
  build_rle_table(x, table, 17);
  expect_serial_fields(table, std::vector<uint8_t>(1000, 17), 64);
  uint32_t state = first_state(table, 17);
  EXPECT_EQ(encode_fse_symbol(table, table.symbols[17], &state), 0u);
}

}  // namespace
}  // namespace gpu_zstd
