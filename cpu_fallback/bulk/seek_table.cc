#include "cpu_fallback/bulk/seek_table.h"

#include "cpu_fallback/bulk/frame_format.h"

namespace gpu_zstd {
namespace {

constexpr uint32_t kTableMagic = kSkippableMagic + 14;
constexpr uint32_t kFooterMagic = 0x8F92EAB1;
constexpr size_t kTableHeaderBytes = 8;
constexpr unsigned kChecksumFlag = 0x80;
constexpr unsigned kReservedBits = 0x7C;

struct Footer {
  uint64_t frames = 0;
  size_t entry_bytes = 0;
};

std::optional<Footer> parse_footer(std::span<const char> footer) {
  if (footer.size() != kSeekFooterBytes ||
      load_u32(footer.data() + 5) != kFooterMagic) {
    return std::nullopt;
  }
  const unsigned descriptor = static_cast<unsigned char>(footer[4]);
  const uint64_t frames = load_u32(footer.data());
  if ((descriptor & kReservedBits) != 0 || frames > kMaxSeekableFrames) {
    return std::nullopt;
  }
  return Footer{frames, (descriptor & kChecksumFlag) != 0 ? size_t{12} : 8};
}

}  // namespace

std::vector<char> write_seek_table(std::span<const SeekEntry> entries) {
  const size_t body = entries.size() * 8 + kSeekFooterBytes;
  std::vector<char> table(kTableHeaderBytes + body);
  char* to = table.data();
  store_u32(to, kTableMagic);
  store_u32(to + 4, static_cast<uint32_t>(body));
  to += kTableHeaderBytes;
  for (const SeekEntry& entry : entries) {
    store_u32(to, entry.coded_bytes);
    store_u32(to + 4, entry.raw_bytes);
    to += 8;
  }
  store_u32(to, static_cast<uint32_t>(entries.size()));
  to[4] = 0;
  store_u32(to + 5, kFooterMagic);
  return table;
}

std::optional<uint64_t> seek_table_bytes(std::span<const char> footer) {
  const auto parsed = parse_footer(footer);
  if (!parsed) {
    return std::nullopt;
  }
  return kTableHeaderBytes + parsed->frames * parsed->entry_bytes +
         kSeekFooterBytes;
}

std::optional<std::vector<SeekEntry>> read_seek_table(
    std::span<const char> table) {
  if (table.size() < kTableHeaderBytes + kSeekFooterBytes ||
      load_u32(table.data()) != kTableMagic ||
      load_u32(table.data() + 4) != table.size() - kTableHeaderBytes) {
    return std::nullopt;
  }
  const auto footer = parse_footer(table.last(kSeekFooterBytes));
  if (!footer || seek_table_bytes(table.last(kSeekFooterBytes)) !=
                     std::optional<uint64_t>(table.size())) {
    return std::nullopt;
  }
  std::vector<SeekEntry> entries(footer->frames);
  const char* from = table.data() + kTableHeaderBytes;
  for (SeekEntry& entry : entries) {
    entry = {load_u32(from), load_u32(from + 4)};
    from += footer->entry_bytes;
  }
  return entries;
}

}  // namespace gpu_zstd
