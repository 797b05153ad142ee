#define XXH_INLINE_ALL
#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstdint>
#include <random>
#include <span>

#include "gpu_codec/host_model/entropy_model.h"

namespace gpu_zstd {
namespace {

TEST(Xxh64, EqualsTheReferenceLibrary) {
  std::mt19937 random(1);
  alignas(8) static uint8_t memory[20001];
  const std::span<uint8_t> content(memory, 20000);
  for (uint8_t& v : content) v = static_cast<uint8_t>(random());
  for (size_t n = 0; n < content.size(); n += n < 300 ? 1 : 997) {
    for (size_t begin = 0; begin < 2 && begin + n <= content.size(); ++begin) {
      ASSERT_EQ(host_model::content_checksum({content.data() + begin, n}),
                XXH64(content.data() + begin, n, 0))
          << n;
    }
  }
}

// An empty chunk may come without an address.
TEST(Xxh64, TakesEmptyContentWithoutAnAddress) {
  EXPECT_EQ(host_model::content_checksum({}), XXH64("", 0, 0));
}

}  // namespace
}  // namespace gpu_zstd
