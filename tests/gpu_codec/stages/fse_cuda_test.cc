#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/host_model/fse_model.h"
#include "gpu_codec/stages/fse.h"
#include "tests/support/cuda_memory.h"

namespace gpu_zstd {
namespace {

TEST(FseOnDevice, CodeEqualsTheHostModelAndDecodes) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  std::mt19937 random(1);
  for (const uint64_t n : {uint64_t{1}, uint64_t{511}, uint64_t{70001},
                           uint64_t{5} * kFseBlockSymbols + 13}) {
    const auto d_symbols = managed<uint8_t>(n);
    const auto d_decoded = managed<uint8_t>(n);
    const auto d_code = managed<uint32_t>(fse_capacity(n) / 4);
    const auto d_words = managed<uint32_t>(fse_blocks(n));
    const auto d_context = managed<FseContext>(1);
    ASSERT_TRUE(d_symbols && d_decoded && d_code && d_words && d_context);
    for (uint64_t i = 0; i < n; ++i) {
      d_symbols[i] = static_cast<uint8_t>(random() % 53 & random());
    }
    const uint32_t sample = static_cast<uint32_t>(std::min<uint64_t>(n, 5000));
    ASSERT_EQ(launch_fse_context(d_symbols.get(), sample, 64, d_context.get(),
                                 nullptr),
              cudaSuccess);
    ASSERT_EQ(launch_fse_encoder(d_context.get(), d_symbols.get(), n,
                                 d_code.get(), d_words.get(), nullptr),
              cudaSuccess);
    ASSERT_EQ(launch_fse_decoder(d_context.get(), d_code.get(), n,
                                 d_decoded.get(), nullptr),
              cudaSuccess);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    EXPECT_TRUE(
        std::equal(d_symbols.get(), d_symbols.get() + n, d_decoded.get()));
    const auto context =
        host_model::make_fse_context({d_symbols.get(), sample}, 64);
    for (uint64_t b = 0; b < fse_blocks(n); ++b) {
      const uint64_t begin = b * kFseBlockSymbols;
      const size_t size = std::min<uint64_t>(n - begin, kFseBlockSymbols);
      const std::vector<uint32_t> code =
          host_model::encode_fse(*context, {d_symbols.get() + begin, size});
      ASSERT_EQ(d_words[b], code.size());
      ASSERT_TRUE(
          std::equal(code.begin(), code.end(),
                     d_code.get() + b * fse_block_words(kFseBlockSymbols)));
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
