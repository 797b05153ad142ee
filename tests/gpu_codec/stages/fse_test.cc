#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/host_model/fse_model.h"

namespace gpu_zstd {
namespace {

std::vector<uint8_t> skewed(std::mt19937& random, size_t n, uint32_t alphabet,
                            uint32_t skew) {
  std::vector<uint8_t> symbols(n);
  for (uint8_t& s : symbols) {
    uint32_t v = random() % alphabet;
    for (uint32_t i = 0; i < skew; ++i) {
      v = std::min(v, static_cast<uint32_t>(random() % alphabet));
    }
    s = static_cast<uint8_t>(v);
  }
  return symbols;
}

std::span<const uint8_t> sample_of(const std::vector<uint8_t>& symbols) {
  return std::span(symbols).first(std::min<size_t>(symbols.size(), 65536));
}

void expect_round_trip(const FseContext& context,
                       const std::vector<uint8_t>& symbols) {
  const std::vector<uint32_t> code = host_model::encode_fse(context, symbols);
  const uint32_t n = static_cast<uint32_t>(symbols.size());
  ASSERT_LE(code.size(), fse_block_words(n));
  ASSERT_EQ(host_model::decode_fse(context, code, n), symbols) << n;
}

TEST(FseStream, SymbolsComeBack) {
  std::mt19937 random(1);
  for (uint32_t round = 0; round < 60; ++round) {
    const uint32_t alphabet = 1 + random() % 256;
    const size_t n = 1 + random() % (1u << (1 + random() % 17));
    const std::vector<uint8_t> symbols =
        skewed(random, n, alphabet, random() % 9);
    const auto context =
        host_model::make_fse_context(sample_of(symbols), alphabet);
    ASSERT_NO_FATAL_FAILURE(expect_round_trip(*context, symbols));
  }
}

TEST(FseStream, EveryShortLengthAndAFullBlockComeBack) {
  std::mt19937 random(2);
  const std::vector<uint8_t> symbols = skewed(random, kFseBlockSymbols, 40, 3);
  const auto context = host_model::make_fse_context(sample_of(symbols), 40);
  for (size_t n = 1; n < 1600; ++n) {
    ASSERT_NO_FATAL_FAILURE(
        expect_round_trip(*context, {symbols.begin(), symbols.begin() + n}));
  }
  ASSERT_NO_FATAL_FAILURE(expect_round_trip(*context, symbols));
}

// A context serves data that its sample did not show.
TEST(FseStream, SymbolsThatTheSampleLacksComeBack) {
  std::mt19937 random(3);
  const auto context =
      host_model::make_fse_context(std::vector<uint8_t>(500, 7), 256);
  ASSERT_NO_FATAL_FAILURE(
      expect_round_trip(*context, skewed(random, 5000, 256, 0)));
  const auto untrained = host_model::make_fse_context({}, 256);
  ASSERT_NO_FATAL_FAILURE(
      expect_round_trip(*untrained, skewed(random, 5000, 256, 2)));
}

// The code is close to the entropy: tables of 2^11 slots cost little, streams
// of 512 symbols about three bytes each.
TEST(FseStream, CodeIsCloseToTheEntropy) {
  std::mt19937 random(4);
  const std::vector<uint8_t> symbols = skewed(random, kFseBlockSymbols, 64, 4);
  std::vector<double> counts(256, 0);
  for (const uint8_t s : symbols) ++counts[s];
  double entropy_bits = 0;
  for (const double count : counts) {
    if (count > 0) entropy_bits += count * std::log2(symbols.size() / count);
  }
  const auto context = host_model::make_fse_context(sample_of(symbols), 64);
  const size_t bytes = 4 * host_model::encode_fse(*context, symbols).size();
  EXPECT_GE(8.0 * bytes, entropy_bits);
  EXPECT_LE(8.0 * bytes, 1.02 * entropy_bits + 48.0 * kFseBlockStreams);
}

}  // namespace
}  // namespace gpu_zstd
