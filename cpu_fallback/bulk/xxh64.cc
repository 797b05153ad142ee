#include "cpu_fallback/bulk/xxh64.h"

#include <array>
#include <bit>
#include <cstring>

namespace gpu_zstd {
namespace {

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87u;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Fu;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9u;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63u;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5u;

static_assert(std::endian::native == std::endian::little);
template <typename Word>
Word load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

uint64_t mix(uint64_t lane, uint64_t word) {
  return std::rotl(lane + word * kPrime2, 31) * kPrime1;
}

// Four lanes take 8 bytes each of every 32 and are then folded into one.
uint64_t fold_stripes(const char*& at, const char* end) {
  std::array<uint64_t, 4> lane = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
  while (end - at >= 32) {
    for (size_t i = 0; i < lane.size(); ++i) {
      lane[i] = mix(lane[i], load<uint64_t>(at + 8 * i));
    }
    at += 32;
  }
  uint64_t hash = std::rotl(lane[0], 1) + std::rotl(lane[1], 7) +
                  std::rotl(lane[2], 12) + std::rotl(lane[3], 18);
  for (const uint64_t value : lane) {
    hash = (hash ^ mix(0, value)) * kPrime1 + kPrime4;
  }
  return hash;
}

uint64_t avalanche(uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

}  // namespace

uint64_t xxh64(std::span<const char> data) {
  const char* at = data.data();
  const char* const end = at + data.size();
  uint64_t hash = data.size() >= 32 ? fold_stripes(at, end) : kPrime5;
  hash += data.size();
  for (; end - at >= 8; at += 8) {
    hash = std::rotl(hash ^ mix(0, load<uint64_t>(at)), 27) * kPrime1 + kPrime4;
  }
  if (end - at >= 4) {
    hash ^= load<uint32_t>(at) * kPrime1;
    hash = std::rotl(hash, 23) * kPrime2 + kPrime3;
    at += 4;
  }
  for (; at < end; ++at) {
    hash ^= static_cast<unsigned char>(*at) * kPrime5;
    hash = std::rotl(hash, 11) * kPrime1;
  }
  return avalanche(hash);
}

}  // namespace gpu_zstd
