#include "tools/compare/dataset.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <numeric>
#include <random>
#include <system_error>

#include "tools/compare/error.h"

namespace gpu_zstd::compare {
namespace {

constexpr uint64_t kShuffleSeed = 20240229;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw CompareError(what + " " + path + ": " +
                     std::generic_category().message(errno));
}

int open_unlinked(const std::string& directory) {
  std::string name = directory + "/snapshot.XXXXXX";
  const int fd = mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) {
    fail("cannot write the snapshot of the input in", directory);
  }
  unlink(name.c_str());
  return fd;
}

void write_all(int fd, const char* data, size_t bytes,
               const std::string& directory) {
  while (bytes != 0) {
    const ssize_t written = write(fd, data, bytes);
    if (written < 0) {
      fail("cannot write the snapshot of the input in", directory);
    }
    data += written;
    bytes -= static_cast<size_t>(written);
  }
}

void copy_file(const InputFile& file, int to, const std::string& directory) {
  const Descriptor from(open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (from.get() < 0) {
    fail("input", file.path);
  }
  constexpr size_t kPieceBytes = 1 << 20;
  const auto piece = std::make_unique<char[]>(kPieceBytes);
  uint64_t left = file.bytes;
  while (left != 0) {
    const ssize_t got =
        read(from.get(), piece.get(), std::min<uint64_t>(left, kPieceBytes));
    if (got < 0) {
      fail("input", file.path);
    }
    if (got == 0) {
      throw CompareError("input " + file.path +
                         ": shorter than it was a moment ago");
    }
    write_all(to, piece.get(), static_cast<size_t>(got), directory);
    left -= static_cast<uint64_t>(got);
  }
}

}  // namespace

Key key_of(uint64_t n) {
  Key key;
  for (size_t digit = kKeyBytes; digit-- > 0; n /= 10) {
    key[digit] = static_cast<char>('0' + n % 10);
  }
  return key;
}

Dataset::Dataset(const InputSelection& input, const CompareOptions& options,
                 const std::string& directory) {
  const Descriptor snapshot(open_unlinked(directory));
  for (const InputFile& file : input.files) {
    copy_file(file, snapshot.get(), directory);
  }
  map(snapshot.get(), input.taken_bytes, directory);
  cut(input, options);
  shuffle();
}

Dataset::~Dataset() {
  if (map_ != nullptr) {
    munmap(const_cast<char*>(map_), map_bytes_);
  }
}

void Dataset::map(int descriptor, uint64_t bytes,
                  const std::string& directory) {
  void* const address =
      mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) {
    fail("cannot map the snapshot of the input in", directory);
  }
  map_ = static_cast<const char*>(address);
  map_bytes_ = bytes;
}

void Dataset::cut(const InputSelection& input, const CompareOptions& options) {
  uint64_t offset = 0;
  for (const InputFile& file : input.files) {
    cut_records(options.records, options.value_size,
                {map_ + offset, file.bytes}, offset, &records_);
    offset += file.bytes;
  }
  if (records_.empty()) {
    throw CompareError("the input has only empty lines");
  }
  if (records_.size() > UINT32_MAX) {
    throw CompareError(
        "the input makes more than 4294967295 values; use "
        "fewer or larger ones");
  }
  for (const Record& record : records_) {
    raw_bytes_ += kKeyBytes + record.bytes;
  }
}

// Fisher-Yates with a generator whose numbers the C++ standard fixes.
void Dataset::shuffle() {
  order_.resize(records_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::mt19937_64 random(kShuffleSeed);
  for (size_t left = order_.size(); left > 1; --left) {
    std::swap(order_[left - 1], order_[random() % left]);
  }
}

}  // namespace gpu_zstd::compare
