#include "tests/support/checker_block.h"

#include <algorithm>

namespace gpu_zstd::testing {
namespace {

// Baselines and extra bits (RFC 8878, 3.1.1.3.2.1.1), kept as the RFC prints
// them: the first plain codes stand for themselves, then pairs.
struct CodeRange {
  uint32_t base;
  int bits;
};

CodeRange literal_length_code(uint32_t code) {
  static constexpr CodeRange kRanges[] = {
      {16, 1},    {18, 1},    {20, 1},     {22, 1},     {24, 2},
      {28, 2},    {32, 3},    {40, 3},     {48, 4},     {64, 6},
      {128, 7},   {256, 8},   {512, 9},    {1024, 10},  {2048, 11},
      {4096, 12}, {8192, 13}, {16384, 14}, {32768, 15}, {65536, 16}};
  return code < 16 ? CodeRange{code, 0} : kRanges[code - 16];
}

CodeRange match_length_code(uint32_t code) {
  static constexpr CodeRange kRanges[] = {
      {35, 1},     {37, 1},     {39, 1},    {41, 1},    {43, 2},    {47, 2},
      {51, 3},     {59, 3},     {67, 4},    {83, 4},    {99, 5},    {131, 7},
      {259, 8},    {515, 9},    {1027, 10}, {2051, 11}, {4099, 12}, {8195, 13},
      {16387, 14}, {32771, 15}, {65539, 16}};
  return code < 32 ? CodeRange{code + 3, 0} : kRanges[code - 32];
}

// One of the three symbol kinds, in the order their tables are stored.
struct SymbolKind {
  const char* name;
  int max_log;
  int max_symbol;
  int default_log;
  std::vector<int> default_counts;
};

const std::array<SymbolKind, 3>& symbol_kinds() {
  static const std::array<SymbolKind, 3> kinds{
      SymbolKind{"Literals_Lengths", 9, 35, 6, {4, 3, 2, 2, 2, 2,  2,  2,  2,
                                                2, 2, 2, 2, 1, 1,  1,  2,  2,
                                                2, 2, 2, 2, 2, 2,  2,  3,  2,
                                                1, 1, 1, 1, 1, -1, -1, -1, -1}},
      SymbolKind{
          "Offsets", 8, 31, 5, {1, 1, 1, 1, 1, 1, 2, 2, 2, 1,  1,  1,  1,  1, 1,
                                1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1}},
      SymbolKind{
          "Match_Lengths", 9, 52, 6, {1, 4, 3,  2,  2,  2,  2,  2,  2, 1, 1,
                                      1, 1, 1,  1,  1,  1,  1,  1,  1, 1, 1,
                                      1, 1, 1,  1,  1,  1,  1,  1,  1, 1, 1,
                                      1, 1, 1,  1,  1,  1,  1,  1,  1, 1, 1,
                                      1, 1, -1, -1, -1, -1, -1, -1, -1}}};
  return kinds;
}

struct LiteralsHeader {
  int size_format;
  size_t header_bytes;
  size_t regenerated;
  size_t compressed;
  int streams;
};

LiteralsHeader read_literals_header(Section block) {
  const std::string field = "Literals_Section_Header";
  const uint64_t first = block.little_endian(0, 1, field);
  const int type = first & 3;
  LiteralsHeader header{static_cast<int>(first >> 2 & 3), 0, 0, 0, 1};
  if (type < 2) {
    header.header_bytes = header.size_format == 1   ? 2
                          : header.size_format == 3 ? 3
                                                    : 1;
    const uint64_t all = block.little_endian(0, header.header_bytes, field);
    header.regenerated = all >> (header.header_bytes == 1 ? 3 : 4);
    header.compressed = type == 0 ? header.regenerated : 1;
  } else {
    header.streams = header.size_format == 0 ? 1 : 4;
    header.header_bytes = header.size_format < 2 ? 3 : header.size_format + 2;
    const int bits = header.size_format < 2 ? 10 : 4 * header.size_format + 6;
    const uint64_t all = block.little_endian(0, header.header_bytes, field);
    header.regenerated = all >> 4 & ((1u << bits) - 1);
    header.compressed = all >> (4 + bits) & ((1u << bits) - 1);
  }
  return header;
}

void decode_huffman_literals(Section payload, const LiteralsHeader& header,
                             const HuffmanTable& table,
                             std::vector<uint8_t>* literals) {
  if (header.streams == 1) {
    decode_huffman_stream(table, payload, header.regenerated,
                          "Literals_Section.stream", literals);
    return;
  }
  const std::string jump = "Jump_Table";
  size_t begin = 6;
  const size_t quarter = (header.regenerated + 3) / 4;
  for (int i = 0; i < 4; ++i) {
    const std::string field =
        "Literals_Section.stream_" + std::to_string(i + 1);
    const size_t size = i < 3 ? payload.little_endian(2 * i, 2, jump)
                              : payload.from(begin, jump).size();
    if (3 * quarter > header.regenerated) {
      throw CheckFailure{payload.offset, "Regenerated_Size",
                         "enough literals for four streams"};
    }
    const size_t count = i < 3 ? quarter : header.regenerated - 3 * quarter;
    decode_huffman_stream(table, payload.part(begin, size, field), count, field,
                          literals);
    begin += size;
  }
}

// Decodes the literals section and returns its length in bytes.
size_t read_literals(Section block, FrameState* state, BlockInfo* info,
                     std::vector<uint8_t>* literals) {
  const LiteralsHeader header = read_literals_header(block);
  info->literals = static_cast<BlockInfo::Literals>(block[0] & 3);
  info->literal_count = header.regenerated;
  if (header.regenerated > state->block_limit) {
    throw CheckFailure{block.offset, "Regenerated_Size",
                       "at most " + std::to_string(state->block_limit) +
                           ", found " + std::to_string(header.regenerated)};
  }
  Section payload =
      block.part(header.header_bytes, header.compressed, "Literals_Section");
  const size_t total = header.header_bytes + header.compressed;
  if (info->literals == BlockInfo::Literals::kRaw) {
    literals->assign(payload.bytes.begin(), payload.bytes.end());
    return total;
  }
  if (info->literals == BlockInfo::Literals::kRle) {
    literals->assign(header.regenerated, payload[0]);
    return total;
  }
  info->literal_streams = header.streams;
  if (info->literals == BlockInfo::Literals::kCompressed) {
    size_t tree_bytes = 0;
    state->huffman = read_huffman_table(payload, &tree_bytes);
    payload = payload.from(tree_bytes, "Literals_Section");
  } else if (state->huffman.max_bits == 0) {
    throw CheckFailure{block.offset, "Literals_Block_Type",
                       "an earlier Huffman table to reuse"};
  }
  decode_huffman_literals(payload, header, state->huffman, literals);
  return total;
}

// Reads one table's description at *position and advances it.
void read_sequence_table(Section section, int kind, BlockInfo::Mode mode,
                         FrameState* state, size_t* position) {
  const SymbolKind& symbols = symbol_kinds()[kind];
  const std::string field = std::string(symbols.name) + "_Table";
  FseTable& table = state->sequence_tables[kind];
  if (mode == BlockInfo::Mode::kPredefined) {
    table = make_fse_table({symbols.default_log, symbols.default_counts, 0});
  } else if (mode == BlockInfo::Mode::kRle) {
    const uint64_t symbol = section.little_endian(*position, 1, field);
    if (symbol > static_cast<uint64_t>(symbols.max_symbol)) {
      throw CheckFailure{section.offset + *position, field,
                         "a symbol up to " +
                             std::to_string(symbols.max_symbol) + ", found " +
                             std::to_string(symbol)};
    }
    table = make_rle_table(static_cast<uint8_t>(symbol));
    *position += 1;
  } else if (mode == BlockInfo::Mode::kFse) {
    const FseCounts counts =
        read_fse_counts(section.from(*position, field), symbols.max_log,
                        symbols.max_symbol, field);
    table = make_fse_table(counts);
    *position += counts.bytes;
  } else if (table.cells.empty()) {
    throw CheckFailure{section.offset, std::string(symbols.name) + "_Mode",
                       "an earlier table to repeat"};
  }
}

struct Sequence {
  uint64_t literal_length;
  uint64_t offset_value;
  uint64_t match_length;
};

// Turns an Offset_Value into a distance (RFC 8878, 3.1.1.5).
uint64_t resolve_offset(const Sequence& sequence, FrameState* state,
                        size_t offset) {
  auto& repeat = state->repeat_offsets;
  if (sequence.offset_value > 3) {
    repeat = {sequence.offset_value - 3, repeat[0], repeat[1]};
    return repeat[0];
  }
  const uint64_t index =
      sequence.offset_value - 1 + (sequence.literal_length == 0 ? 1 : 0);
  const uint64_t distance = index < 3 ? repeat[index] : repeat[0] - 1;
  if (distance == 0) {
    throw CheckFailure{offset, "Offset_Value", "a distance above zero"};
  }
  if (index >= 2) repeat[2] = repeat[1];
  if (index >= 1) repeat[1] = repeat[0];
  repeat[0] = distance;
  return distance;
}

class SequenceExecutor {
 public:
  SequenceExecutor(FrameState* state, const std::vector<uint8_t>& literals,
                   Section section, std::vector<uint8_t>* content)
      : state_(state),
        literals_(literals),
        section_(section),
        content_(content),
        start_(content->size()) {}

  void run(const Sequence& sequence) {
    copy_literals(sequence.literal_length);
    const uint64_t distance = resolve_offset(sequence, state_, section_.offset);
    if (distance > content_->size() || distance > state_->window_bytes) {
      fail("Offset_Value", "a distance up to " +
                               std::to_string(std::min<uint64_t>(
                                   content_->size(), state_->window_bytes)) +
                               ", found " + std::to_string(distance));
    }
    check_room(sequence.match_length);
    for (uint64_t i = 0; i < sequence.match_length; ++i) {
      content_->push_back((*content_)[content_->size() - distance]);
    }
  }
  void finish() { copy_literals(literals_.size() - used_); }

 private:
  void copy_literals(uint64_t count) {
    if (count > literals_.size() - used_) {
      fail("Literals_Length",
           "at most the " + std::to_string(literals_.size() - used_) +
               " literals left, found " + std::to_string(count));
    }
    check_room(count);
    content_->insert(content_->end(), literals_.begin() + used_,
                     literals_.begin() + used_ + count);
    used_ += count;
  }
  void check_room(uint64_t count) {
    if (content_->size() - start_ + count > state_->block_limit) {
      fail("Sequences_Section", "a block of at most " +
                                    std::to_string(state_->block_limit) +
                                    " bytes");
    }
  }
  [[noreturn]] void fail(const std::string& field,
                         const std::string& expected) {
    throw CheckFailure{section_.offset, field, expected};
  }

  FrameState* state_;
  const std::vector<uint8_t>& literals_;
  Section section_;
  std::vector<uint8_t>* content_;
  size_t start_;
  size_t used_ = 0;
};

// Decodes the interleaved bitstream (RFC 8878, 3.1.1.3.2.1.2).
void decode_sequences(Section stream, size_t count, const FrameState& state,
                      SequenceExecutor* executor) {
  BackwardBits bits(stream, "Sequences_Section.bitstream");
  const auto& tables = state.sequence_tables;
  uint32_t cell[3];
  for (int kind = 0; kind < 3; ++kind) {
    cell[kind] = bits.read(tables[kind].accuracy_log);
  }
  for (size_t i = 0; i < count; ++i) {
    const FseCell literal_length = tables[0].cells[cell[0]];
    const FseCell offset = tables[1].cells[cell[1]];
    const FseCell match_length = tables[2].cells[cell[2]];
    const CodeRange literal_range = literal_length_code(literal_length.symbol);
    const CodeRange match_range = match_length_code(match_length.symbol);
    Sequence sequence;
    sequence.offset_value =
        (uint64_t{1} << offset.symbol) + bits.read(offset.symbol);
    sequence.match_length = match_range.base + bits.read(match_range.bits);
    sequence.literal_length =
        literal_range.base + bits.read(literal_range.bits);
    executor->run(sequence);
    if (i + 1 == count) break;
    cell[0] = literal_length.baseline + bits.read(literal_length.bits);
    cell[2] = match_length.baseline + bits.read(match_length.bits);
    cell[1] = offset.baseline + bits.read(offset.bits);
  }
  bits.expect_end();
}

size_t read_sequence_count(Section section, size_t* position) {
  const std::string field = "Number_of_Sequences";
  const uint64_t first = section.little_endian(0, 1, field);
  *position = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (first < 128) return first;
  if (first < 255) {
    return ((first - 128) << 8) + section.little_endian(1, 1, field);
  }
  return section.little_endian(1, 2, field) + 0x7F00;
}

}  // namespace

void decode_compressed_block(Section block, FrameState* state, BlockInfo* info,
                             std::vector<uint8_t>* content) {
  std::vector<uint8_t> literals;
  const size_t literals_bytes = read_literals(block, state, info, &literals);
  const Section section = block.from(literals_bytes, "Sequences_Section");
  SequenceExecutor executor(state, literals, section, content);
  size_t position = 0;
  info->sequence_count = read_sequence_count(section, &position);
  if (info->sequence_count == 0) {
    if (position != section.size()) {
      throw CheckFailure{section.offset + position, "Sequences_Section",
                         "the block's end after zero sequences"};
    }
    executor.finish();
    return;
  }
  const std::string field = "Symbol_Compression_Modes";
  const uint64_t modes = section.little_endian(position, 1, field);
  if (modes & 3) {
    throw CheckFailure{section.offset + position, field,
                       "reserved bits that are zero"};
  }
  position += 1;
  info->literal_length_mode = static_cast<BlockInfo::Mode>(modes >> 6 & 3);
  info->offset_mode = static_cast<BlockInfo::Mode>(modes >> 4 & 3);
  info->match_length_mode = static_cast<BlockInfo::Mode>(modes >> 2 & 3);
  for (int kind = 0; kind < 3; ++kind) {
    read_sequence_table(
        section, kind,
        static_cast<BlockInfo::Mode>(modes >> (6 - 2 * kind) & 3), state,
        &position);
  }
  info->literal_length_log = state->sequence_tables[0].accuracy_log;
  info->offset_log = state->sequence_tables[1].accuracy_log;
  info->match_length_log = state->sequence_tables[2].accuracy_log;
  decode_sequences(section.from(position, "Sequences_Section.bitstream"),
                   info->sequence_count, *state, &executor);
  executor.finish();
}

}  // namespace gpu_zstd::testing
