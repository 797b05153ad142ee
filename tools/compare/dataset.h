// The key-value pairs that every database of a comparison is filled with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/compare/input_files.h"
#include "tools/compare/options.h"
#include "tools/compare/record_cutter.h"

namespace gpu_zstd::compare {

inline constexpr size_t kKeyBytes = 16;
using Key = std::array<char, kKeyBytes>;

// The n-th key: n as 16 decimal digits, so keys sort as numbers do.
Key key_of(uint64_t n);

// A snapshot of the input: files that change while the comparison runs do not
// matter. It lies in an unlinked file and is mapped, so that the kernel may
// take its memory back; 20 bytes a record are kept besides.
class Dataset {
 public:
  // Copies the selected bytes into `directory`. Throws a CompareError that
  // names the file which cannot be read or written, or if nothing was cut.
  Dataset(const InputSelection& input, const CompareOptions& options,
          const std::string& directory);
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  size_t records() const { return records_.size(); }

  // Neighbours in the input are neighbours in key order, as related records of
  // an application are.
  std::string_view value(size_t n) const {
    return {map_ + records_[n].offset, records_[n].bytes};
  }

  // Which record is inserted as the n-th: a shuffle with a fixed seed, so that
  // every flush spans all keys and compactions have to merge.
  size_t inserted(size_t n) const { return order_[n]; }

  // Keys and values: what "input" means in MB/s, ns per byte and ratio.
  uint64_t raw_bytes() const { return raw_bytes_; }

 private:
  void map(int descriptor, uint64_t bytes, const std::string& directory);
  void cut(const InputSelection& input, const CompareOptions& options);
  void shuffle();

  const char* map_ = nullptr;
  uint64_t map_bytes_ = 0;
  uint64_t raw_bytes_ = 0;
  std::vector<Record> records_;
  std::vector<uint32_t> order_;
};

}  // namespace gpu_zstd::compare
