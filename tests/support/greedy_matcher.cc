#include "tests/support/greedy_matcher.h"

#include <cstring>
#include <stdexcept>

namespace gpu_zstd::testing {
namespace {

constexpr uint32_t kMinLength = 4;
constexpr uint32_t kHashBits = 14;

uint32_t read32(const uint8_t* p) {
  uint32_t value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

// Offset_Value for a distance (RFC 8878, 3.1.1.5), and the new history.
uint32_t resolve(std::array<uint32_t, 3>* repeat, uint32_t offset,
                 bool after_literals) {
  auto& r = *repeat;
  for (uint32_t value = 1; value <= 3; ++value) {
    const uint32_t index = value - 1 + (after_literals ? 0 : 1);
    const uint32_t distance = index < 3 ? r[index] : r[0] - 1;
    if (distance != offset) continue;
    if (index >= 2) r[2] = r[1];
    if (index >= 1) r[1] = r[0];
    r[0] = offset;
    return value;
  }
  r = {offset, r[0], r[1]};
  return offset + 3;
}

}  // namespace

void ParsedBlock::add(uint32_t literal_length, uint32_t match_length,
                      uint32_t offset) {
  const uint32_t k = static_cast<uint32_t>(lit_lengths.size());
  if (literal_length > 0xFFFF) long_place = 2 * k;
  if (match_length - 3 > 0xFFFF) long_place = 2 * k + 1;
  lit_lengths.push_back(static_cast<uint16_t>(literal_length));
  match_lengths.push_back(static_cast<uint16_t>(match_length - 3));
  off_bases.push_back(resolve(&repeat_offsets, offset, literal_length > 0));
}

BlockSequences ParsedBlock::view() const {
  BlockSequences view;
  view.source = source.data();
  view.source_bytes = static_cast<uint32_t>(source.size());
  view.lit_lengths = lit_lengths.data();
  view.match_lengths = match_lengths.data();
  view.off_bases = off_bases.data();
  view.count = static_cast<uint32_t>(lit_lengths.size());
  view.long_place = long_place;
  view.literals = literals.data();
  view.literal_bytes = static_cast<uint32_t>(literals.size());
  return view;
}

ParsedBlock parse_greedy(std::span<const uint8_t> block,
                         std::array<uint32_t, 3> repeat_offsets) {
  if (block.size() > kMaxBlockBytes) throw std::invalid_argument("block size");
  ParsedBlock parsed;
  parsed.source.assign(block.begin(), block.end());
  parsed.repeat_offsets = repeat_offsets;
  std::vector<uint32_t> last_seen(1u << kHashBits, ~0u);
  const uint32_t n = static_cast<uint32_t>(block.size());
  const uint8_t* p = block.data();
  uint32_t anchor = 0;
  uint32_t i = 0;
  while (i + kMinLength <= n) {
    uint32_t& head = last_seen[read32(p + i) * 2654435761u >> (32 - kHashBits)];
    const uint32_t candidate = head;
    head = i;
    if (candidate == ~0u || read32(p + candidate) != read32(p + i)) {
      ++i;
      continue;
    }
    uint32_t length = kMinLength;
    while (i + length < n && p[candidate + length] == p[i + length]) ++length;
    parsed.add(i - anchor, length, i - candidate);
    parsed.literals.insert(parsed.literals.end(), p + anchor, p + i);
    i += length;
    anchor = i;
  }
  parsed.literals.insert(parsed.literals.end(), p + anchor, p + n);
  return parsed;
}

}  // namespace gpu_zstd::testing
