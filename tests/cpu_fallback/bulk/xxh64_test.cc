#include "cpu_fallback/bulk/xxh64.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

TEST(Xxh64, EqualsTheReferenceAtEveryShortLengthAndSomeLong) {
  const std::string data = test::random_bytes(70000, 5);
  for (size_t bytes = 0; bytes <= 200; ++bytes) {
    EXPECT_EQ(xxh64({data.data() + bytes % 7, bytes}),
              XXH64(data.data() + bytes % 7, bytes, 0))
        << bytes;
  }
  EXPECT_EQ(xxh64(data), XXH64(data.data(), data.size(), 0));
}

}  // namespace
}  // namespace gpu_zstd
