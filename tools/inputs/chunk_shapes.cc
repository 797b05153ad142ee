#include "tools/inputs/chunk_shapes.h"

#include <algorithm>
#include <random>

namespace gpu_zstd::inputs {
namespace {

using Bytes = std::vector<uint8_t>;

// `n` bytes by calling append(bytes) until there are as many; what is beyond is
// cut off.
template <class Append>
Bytes fill(size_t n, Append append) {
  Bytes bytes;
  while (bytes.size() < n) append(bytes);
  bytes.resize(n);
  return bytes;
}

Bytes periodic(size_t n, size_t period, uint32_t seed) {
  Bytes bytes = random_chunk(n, seed);
  for (size_t i = period; i < n; ++i) bytes[i] = bytes[i - period];
  return bytes;
}

Bytes few_symbols(size_t n, uint32_t symbols, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>('a' + random() % symbols);
  return bytes;
}

// Records of 32 bytes: a counter, an id, noise.
Bytes records(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  for (size_t i = 0; i < n; ++i) {
    const size_t record = i / 32;
    const size_t field = i % 32;
    bytes[i] = field < 8    ? static_cast<uint8_t>(record >> (field % 4 * 8))
               : field < 16 ? static_cast<uint8_t>(record % 7 + field)
                            : static_cast<uint8_t>(random() % (field * 4));
  }
  return bytes;
}

// Records of `size` bytes: numbers of eight bits to 24 in fields of four bytes.
Bytes numbers(size_t n, size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  for (size_t i = 0; i < n; i += 4) {
    const uint32_t bits = 8 + 8 * (i % size / 4 % 3);
    const uint32_t number = random() >> (32 - bits) & random();
    for (size_t k = 0; k < 4 && i + k < n; ++k) {
      bytes[i + k] = static_cast<uint8_t>(number >> (8 * k));
    }
  }
  return bytes;
}

// Noise with copies of itself at random distances and lengths.
Bytes copies(size_t n, size_t longest, uint32_t seed) {
  std::mt19937 random(seed);
  return fill(n, [&](Bytes& bytes) {
    for (uint32_t k = random() % 24; k > 0; --k) {
      bytes.push_back(static_cast<uint8_t>(random()));
    }
    if (bytes.empty()) return;
    const size_t from = random() % bytes.size();
    for (size_t k = 3 + random() % longest, j = from; k > 0; --k, ++j) {
      bytes.push_back(bytes[j]);
    }
  });
}

// Strings that share a beginning and differ late: long chains, long compares.
Bytes near_equal(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  return fill(n, [&](Bytes& bytes) {
    for (uint8_t c = 0; c < 19; ++c) bytes.push_back('a' + c % 5);
    bytes.push_back(static_cast<uint8_t>(random()));
  });
}

// Runs of a few bytes in lengths of all magnitudes: at each position of a run
// the whole rest of every other run is a match.
Bytes runs(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  return fill(n, [&](Bytes& bytes) {
    const size_t length = 1 + (random() % 1024 >> random() % 10);
    bytes.insert(bytes.end(), length, static_cast<uint8_t>(random() % 3));
  });
}

// One text of 200 bytes again and again with one byte changed in each copy:
// every hash chain is as long as the chunk has copies, and every candidate on
// it matches for long and ends elsewhere.
Bytes changed_copies(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  const Bytes text = random_chunk(200, seed);
  return fill(n, [&](Bytes& bytes) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    bytes[bytes.size() - 1 - random() % text.size()] ^=
        static_cast<uint8_t>(1 + random() % 255);
  });
}

// Sixteen words of four bytes in random order: long chains of short matches.
Bytes short_matches(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  const Bytes words = random_chunk(64, seed);
  return fill(n, [&](Bytes& bytes) {
    const size_t word = random() % 16 * 4;
    bytes.insert(bytes.end(), words.begin() + word, words.begin() + word + 4);
  });
}

// The end repeats the begin, so that matches touch both edges.
Bytes edges(size_t n, uint32_t seed) {
  Bytes bytes = random_chunk(n, seed);
  const size_t size = std::min<size_t>(n / 2, 700);
  std::copy(bytes.begin(), bytes.begin() + size, bytes.end() - size);
  return bytes;
}

}  // namespace

Bytes wordy_chunk(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::string> words(300);
  for (std::string& word : words) {
    for (uint32_t k = 2 + random() % 9; k > 0; --k) {
      word += static_cast<char>('a' + random() % 26);
    }
  }
  Bytes bytes;
  while (bytes.size() < n) {
    const uint32_t pick = random() % 300 * (random() % 300) / 300;
    const std::string word =
        random() % 12 == 0 ? std::to_string(random() % 100000) : words[pick];
    bytes.insert(bytes.end(), word.begin(), word.end());
    bytes.push_back(random() % 15 == 0 ? '\n' : ' ');
  }
  bytes.resize(n);
  return bytes;
}

Bytes random_chunk(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random() >> 11);
  return bytes;
}

std::vector<NamedChunk> chunk_shapes(size_t n, uint32_t seed) {
  std::vector<NamedChunk> shapes;
  shapes.push_back({"constant", Bytes(n, static_cast<uint8_t>(seed))});
  for (const size_t period : {2, 3, 7, 31, 32, 33, 255, 300}) {
    shapes.push_back(
        {"period " + std::to_string(period), periodic(n, period, seed)});
  }
  shapes.push_back({"two symbols", few_symbols(n, 2, seed)});
  shapes.push_back({"five symbols", few_symbols(n, 5, seed)});
  shapes.push_back({"records", records(n, seed)});
  for (const size_t size : {8, 12, 20}) {
    shapes.push_back(
        {"numbers in " + std::to_string(size), numbers(n, size, seed)});
  }
  shapes.push_back({"short copies", copies(n, 30, seed)});
  shapes.push_back({"long copies", copies(n, 3000, seed)});
  shapes.push_back({"near equal", near_equal(n, seed)});
  shapes.push_back({"runs", runs(n, seed)});
  shapes.push_back({"changed copies", changed_copies(n, seed)});
  shapes.push_back({"short matches", short_matches(n, seed)});
  shapes.push_back({"edges", edges(n, seed)});
  shapes.push_back({"words", wordy_chunk(n, seed)});
  shapes.push_back({"noise", random_chunk(n, seed)});
  return shapes;
}

std::vector<NamedChunk> hard_shapes(size_t n, uint32_t seed) {
  std::vector<NamedChunk> shapes = chunk_shapes(n, seed);
  std::erase_if(shapes, [](const NamedChunk& shape) {
    return shape.name.starts_with("period");
  });
  for (size_t period = 1; period <= 300; ++period) {
    shapes.push_back(
        {"period " + std::to_string(period), periodic(n, period, seed)});
  }
  return shapes;
}

}  // namespace gpu_zstd::inputs
