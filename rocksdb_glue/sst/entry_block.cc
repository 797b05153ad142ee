#include "rocksdb_glue/sst/entry_block.h"

#include <algorithm>

namespace gpu_zstd {
namespace {

constexpr uint32_t kRestartCountMask = (1U << 28) - 1;
// Keys of the block are evenly spread: says how to search, not how to read.
constexpr uint32_t kUniformKeysBit = 1U << 29;

// Where entries end and restart points begin.
struct Frame {
  Bytes entries;
  Bytes restarts;
  uint32_t feature_bits = 0;

  size_t restart_count() const { return restarts.size() / 4; }
  uint32_t restart(size_t i) const {
    return read_fixed32(restarts.data() + 4 * i);
  }
};

BlockFault split(Bytes block, Frame* frame) {
  if (block.size() < 4) {
    return {"block is too short for its restart count", block.size()};
  }
  const size_t packed_at = block.size() - 4;
  const uint32_t packed = read_fixed32(block.data() + packed_at);
  const uint64_t count = packed & kRestartCountMask;
  frame->feature_bits = packed & ~kRestartCountMask;
  if ((frame->feature_bits & ~kUniformKeysBit) != 0) {
    return {"block has features that only data blocks may have", packed_at};
  }
  if (count == 0 || count > packed_at / 4) {
    return {"restart count does not fit the block", packed_at};
  }
  const size_t entries_bytes = packed_at - 4 * count;
  frame->entries = block.substr(0, entries_bytes);
  frame->restarts = block.substr(entries_bytes, 4 * count);
  return {};
}

// Restart points lead to entries that share nothing, in rising order, and begin
// with the first. A block without entries has one restart point, 0.
BlockFault map_restarts(const Frame& frame, const std::vector<size_t>& starts,
                        const std::vector<bool>& is_whole,
                        std::vector<uint32_t>* restarts) {
  const size_t base = frame.entries.size();
  if (starts.empty()) {
    if (frame.restart_count() != 1 || frame.restart(0) != 0) {
      return {"empty block has restart points", base};
    }
    restarts->assign(1, 0);
    return {};
  }
  auto from = starts.begin();
  for (size_t i = 0; i < frame.restart_count(); ++i) {
    const auto at = std::lower_bound(from, starts.end(), frame.restart(i));
    if (at == starts.end() || *at != frame.restart(i) ||
        (i == 0 && at != starts.begin())) {
      return {"restart point is not the start of an entry", base + 4 * i};
    }
    const auto entry = static_cast<uint32_t>(at - starts.begin());
    if (!is_whole[entry]) {
      return {"key at a restart point is not whole", *at};
    }
    restarts->push_back(entry);
    from = at + 1;
  }
  return {};
}

BlockFault parse_index_value(ByteReader& reader, const IndexStyle& style,
                             const BlockHandle& previous,
                             IndexBlock::Entry* entry) {
  const size_t at = reader.position();
  if (style.delta_encoded && entry->shared != 0) {
    int64_t size_delta = 0;
    if (!reader.signed_varint64(&size_delta)) {
      return {"expected the difference of two block sizes", at};
    }
    entry->handle = {previous.end(),
                     previous.size + static_cast<uint64_t>(size_delta)};
  } else if (!read_handle(reader, &entry->handle)) {
    return {"expected a block handle", at};
  }
  if (style.with_first_key) {
    uint32_t key_bytes = 0;
    if (!reader.varint32(&key_bytes) ||
        !reader.bytes(key_bytes, &entry->first_key)) {
      return {"expected the first key of a block", at};
    }
  }
  return {};
}

BlockFault parse_index_entry(ByteReader& reader, const IndexStyle& style,
                             const BlockHandle& previous, uint64_t key_bytes,
                             IndexBlock::Entry* entry) {
  const size_t at = reader.position();
  uint32_t unshared = 0;
  uint32_t value_bytes = 0;
  if (!reader.varint32(&entry->shared) || !reader.varint32(&unshared) ||
      (!style.delta_encoded && !reader.varint32(&value_bytes)) ||
      !reader.bytes(unshared, &entry->key_suffix)) {
    return {"expected an index entry", at};
  }
  if (entry->shared > key_bytes) {
    return {"key shares more bytes than the previous key has", at};
  }
  const size_t value_at = reader.position();
  const BlockFault fault = parse_index_value(reader, style, previous, entry);
  if (fault) {
    return fault;
  }
  if (!style.delta_encoded && reader.position() - value_at != value_bytes) {
    return {"index value has another length than it says", value_at};
  }
  return {};
}

void put_index_value(const IndexBlock::Entry& entry, const IndexStyle& style,
                     const BlockHandle& handle, const BlockHandle& previous,
                     std::string* out) {
  if (style.delta_encoded && entry.shared != 0) {
    put_signed_varint64(static_cast<int64_t>(handle.size - previous.size), out);
  } else {
    put_handle(handle, out);
  }
  if (style.with_first_key) {
    put_varint64(entry.first_key.size(), out);
    out->append(entry.first_key);
  }
}

void put_restarts(const std::vector<uint32_t>& restarts,
                  const std::vector<uint32_t>& starts, uint32_t feature_bits,
                  std::string* block) {
  for (const uint32_t entry : restarts) {
    put_fixed32(entry < starts.size() ? starts[entry] : 0, block);
  }
  put_fixed32(static_cast<uint32_t>(restarts.size()) | feature_bits, block);
}

}  // namespace

BlockFault parse_key_values(Bytes block, KeyValues* entries,
                            std::vector<size_t>* value_offsets) {
  Frame frame;
  BlockFault fault = split(block, &frame);
  if (fault) {
    return fault;
  }
  std::vector<size_t> starts;
  std::vector<bool> is_whole;
  std::string key;
  for (ByteReader reader(frame.entries); !reader.empty();) {
    const size_t at = reader.position();
    uint32_t shared = 0;
    uint32_t unshared = 0;
    uint32_t value_bytes = 0;
    Bytes suffix;
    Bytes value;
    if (!reader.varint32(&shared) || !reader.varint32(&unshared) ||
        !reader.varint32(&value_bytes) || !reader.bytes(unshared, &suffix) ||
        !reader.bytes(value_bytes, &value)) {
      return {"expected a key and a value", at};
    }
    if (shared > key.size()) {
      return {"key shares more bytes than the previous key has", at};
    }
    key.resize(shared);
    key += suffix;
    if (!entries->empty() && key <= entries->back().first) {
      return {"keys do not rise", at};
    }
    entries->emplace_back(key, value);
    if (value_offsets != nullptr) {
      value_offsets->push_back(reader.position() - value.size());
    }
    starts.push_back(at);
    is_whole.push_back(shared == 0);
  }
  std::vector<uint32_t> unused;
  return map_restarts(frame, starts, is_whole, &unused);
}

std::string build_key_values(const KeyValues& entries,
                             size_t restart_interval) {
  std::string block;
  std::vector<uint32_t> starts;
  std::vector<uint32_t> restarts;
  for (size_t i = 0; i < entries.size(); ++i) {
    const std::string& key = entries[i].first;
    const std::string& value = entries[i].second;
    size_t shared = 0;
    if (i % restart_interval == 0) {
      restarts.push_back(static_cast<uint32_t>(i));
    } else {
      const std::string& previous = entries[i - 1].first;
      const size_t limit = std::min(key.size(), previous.size());
      while (shared < limit && key[shared] == previous[shared]) {
        ++shared;
      }
    }
    starts.push_back(static_cast<uint32_t>(block.size()));
    put_varint64(shared, &block);
    put_varint64(key.size() - shared, &block);
    put_varint64(value.size(), &block);
    block.append(key, shared);
    block += value;
  }
  if (restarts.empty()) {
    restarts.push_back(0);
  }
  put_restarts(restarts, starts, 0, &block);
  return block;
}

BlockFault parse_index(Bytes block, const IndexStyle& style,
                       IndexBlock* index) {
  Frame frame;
  BlockFault fault = split(block, &frame);
  if (fault) {
    return fault;
  }
  std::vector<size_t> starts;
  std::vector<bool> is_whole;
  BlockHandle previous;
  uint64_t key_bytes = 0;
  for (ByteReader reader(frame.entries); !reader.empty();) {
    starts.push_back(reader.position());
    IndexBlock::Entry entry;
    fault = parse_index_entry(reader, style, previous, key_bytes, &entry);
    if (fault) {
      return fault;
    }
    is_whole.push_back(entry.shared == 0);
    key_bytes = entry.shared + entry.key_suffix.size();
    previous = entry.handle;
    index->entries.push_back(entry);
  }
  index->feature_bits = frame.feature_bits;
  return map_restarts(frame, starts, is_whole, &index->restarts);
}

bool build_index(const IndexBlock& index, const IndexStyle& style,
                 const std::vector<BlockHandle>& handles, std::string* block) {
  if (handles.size() != index.entries.size()) {
    return false;
  }
  block->clear();
  std::vector<uint32_t> starts;
  std::string value;
  for (size_t i = 0; i < handles.size(); ++i) {
    const IndexBlock::Entry& entry = index.entries[i];
    const BlockHandle previous = i > 0 ? handles[i - 1] : BlockHandle{};
    if (style.delta_encoded && entry.shared != 0 &&
        handles[i].offset != previous.end()) {
      return false;
    }
    starts.push_back(static_cast<uint32_t>(block->size()));
    value.clear();
    put_index_value(entry, style, handles[i], previous, &value);
    put_varint64(entry.shared, block);
    put_varint64(entry.key_suffix.size(), block);
    if (!style.delta_encoded) {
      put_varint64(value.size(), block);
    }
    block->append(entry.key_suffix);
    *block += value;
  }
  put_restarts(index.restarts, starts, index.feature_bits, block);
  return block->size() <= UINT32_MAX;
}

}  // namespace gpu_zstd
