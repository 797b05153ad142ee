#include "tests/support/entropy_inputs.h"

#include <algorithm>
#include <bit>

namespace gpu_zstd::testing {

std::vector<NamedBytes> literal_shapes(uint32_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<NamedBytes> shapes;
  const auto add = [&](const std::string& name, auto&& next) {
    std::vector<uint8_t> bytes(n);
    for (uint32_t i = 0; i < n; ++i) bytes[i] = static_cast<uint8_t>(next(i));
    shapes.push_back({name, std::move(bytes)});
  };
  add("constant", [](uint32_t) { return 77; });
  add("one exception", [&](uint32_t i) { return i == n / 2 ? 200 : 13; });
  add("two symbols", [&](uint32_t) { return random() % 2 ? 'x' : 'y'; });
  add("alternating", [](uint32_t i) { return i % 2 ? 0 : 255; });
  add("uniform", [&](uint32_t) { return random(); });
  add("half of all", [&](uint32_t) { return random() % 128; });
  add("every other value", [&](uint32_t) { return random() % 128 * 2; });
  add("high values", [&](uint32_t) { return 240 + random() % 16; });
  add("skewed",
      [&](uint32_t) { return std::countr_zero(random() | 1u << 30); });
  add("skewed, all values", [&](uint32_t i) {
    return i % 16 == 0 ? random() : std::countr_zero(random() | 1u << 30) * 3;
  });
  add("text", [&](uint32_t) {
    return "etaoin shrdlu,."[random() % 15 * (random() % 2)];
  });
  add("counter", [](uint32_t i) { return i; });
  return shapes;
}

ParsedBlock random_block(std::mt19937& random, uint32_t limit, uint32_t shape) {
  ParsedBlock block;
  const auto up_to_bits = [&](uint32_t bits) {
    return random() % (1u << (random() % bits + 1));
  };
  const auto literal = [&](uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      const uint8_t value = static_cast<uint8_t>(random() & random());
      block.source.push_back(value);
      block.literals.push_back(value);
    }
  };
  literal(1);
  uint32_t literal_length = 1;
  for (;;) {
    const uint32_t more = shape == 0   ? random() % 3
                          : shape == 1 ? 5
                          : shape == 2 ? up_to_bits(17)
                                       : up_to_bits(6);
    const uint32_t match = 3 + (shape == 0   ? random() % 2
                                : shape == 1 ? 9
                                : shape == 3 ? up_to_bits(17)
                                             : up_to_bits(7));
    const uint32_t size = static_cast<uint32_t>(block.source.size());
    if (size + more + match > limit) break;
    literal(more);
    literal_length += more;
    const uint32_t reach = static_cast<uint32_t>(block.source.size());
    uint32_t offset = 1 + up_to_bits(17) % reach;
    if (shape == 4) offset = 1 + random() % std::min(4u, reach);
    if (shape == 1 || random() % 3 == 0) {
      offset = block.repeat_offsets[random() % 3];
    }
    if (offset > reach) offset = 1;
    block.add(literal_length, match, offset);
    for (uint32_t i = 0; i < match; ++i) {
      block.source.push_back(block.source[block.source.size() - offset]);
    }
    literal_length = 0;
    if (shape == 5 && random() % 50 == 0) break;
  }
  literal(std::min(limit - static_cast<uint32_t>(block.source.size()),
                   static_cast<uint32_t>(random() % 20)));
  return block;
}

}  // namespace gpu_zstd::testing
