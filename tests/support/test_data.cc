#include "tests/support/test_data.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <random>

namespace gpu_zstd::test {

std::string text_like(size_t bytes, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::array<std::string, 512> words;
  for (std::string& word : words) {
    const size_t length = 2 + random() % 9;
    for (size_t i = 0; i < length; ++i) {
      word.push_back(static_cast<char>('a' + random() % 26));
    }
    word.push_back(' ');
  }
  std::string text;
  text.reserve(bytes + 16);
  while (text.size() < bytes) {
    // The smaller of two draws makes some words common, as in a language.
    text += words[std::min(random() % words.size(), random() % words.size())];
  }
  text.resize(bytes);
  return text;
}

std::string random_bytes(size_t bytes, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string data(bytes, '\0');
  for (char& byte : data) {
    byte = static_cast<char>(random());
  }
  return data;
}

std::optional<std::string> decode_frame(std::span<const char> frame) {
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) !=
      frame.size()) {
    return std::nullopt;
  }
  const unsigned long long raw_bytes =
      ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (raw_bytes == ZSTD_CONTENTSIZE_ERROR ||
      raw_bytes == ZSTD_CONTENTSIZE_UNKNOWN) {
    return std::nullopt;
  }
  std::string raw(raw_bytes, '\0');
  const size_t decoded =
      ZSTD_decompress(raw.data(), raw.size(), frame.data(), frame.size());
  if (ZSTD_isError(decoded) || decoded != raw.size()) {
    return std::nullopt;
  }
  return raw;
}

bool has_frame_checksum(std::span<const char> frame) {
  constexpr size_t kDescriptorOffset = 4;
  constexpr unsigned kContentChecksumFlag = 1u << 2;
  return frame.size() > kDescriptorOffset &&
         (static_cast<unsigned char>(frame[kDescriptorOffset]) &
          kContentChecksumFlag) != 0;
}

}  // namespace gpu_zstd::test
