#include "tools/compare/record_cutter.h"

#include <algorithm>

namespace gpu_zstd::compare {
namespace {

void cut_fixed(std::string_view bytes, uint64_t offset, uint32_t size,
               std::vector<Record>* records) {
  for (size_t begin = 0; begin < bytes.size(); begin += size) {
    const size_t left = std::min<size_t>(size, bytes.size() - begin);
    records->push_back({offset + begin, static_cast<uint32_t>(left)});
  }
}

}  // namespace

void cut_records(RecordRule rule, uint32_t value_size, std::string_view file,
                 uint64_t offset, std::vector<Record>* records) {
  if (rule == RecordRule::kFixed) {
    cut_fixed(file, offset, value_size, records);
    return;
  }
  size_t begin = 0;
  while (begin < file.size()) {
    const size_t end = std::min(file.find('\n', begin), file.size());
    cut_fixed(file.substr(begin, end - begin), offset + begin, kMaxLineBytes,
              records);
    begin = end + 1;
  }
}

}  // namespace gpu_zstd::compare
