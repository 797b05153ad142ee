// Fuzz target: whole frames of the host model.
//
// The first four bytes of the input choose level, checksum and what the rest is
// turned into: itself, itself several times, or a little program of runs and
// copies, which reaches long matches and many sequences with short inputs.
// Checked: both decoders give the content back; every capacity near the need
// decides exactly and nothing beyond is written; an encoder that has served
// other chunks writes the same bytes as a new one.
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/host_model/frame_model.h"
#include "gpu_codec/params.h"
#include "tests/support/frame_checker.h"

namespace gpu_zstd {
namespace {

// Two blocks at most. FRAME_FUZZ_MAX_CONTENT makes that less, for a run that
// tries many inputs instead of long ones.
size_t max_content() {
  static const size_t limit = [] {
    const char* value = std::getenv("FRAME_FUZZ_MAX_CONTENT");
    return value == nullptr ? size_t{140000} : std::strtoul(value, nullptr, 10);
  }();
  return limit;
}

constexpr uint8_t kGuard = 0xA7;

void require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "frame_fuzz: %s\n", what.c_str());
  std::abort();
}

// Each four bytes: append a literal run, or a copy from `distance` back.
std::vector<uint8_t> run_program(std::span<const uint8_t> program) {
  std::vector<uint8_t> content;
  for (size_t i = 0; i + 4 <= program.size(); i += 4) {
    const uint32_t length = 1u << (program[i] >> 4);
    const uint32_t extra = program[i] & 15;
    const uint32_t distance = program[i + 1] | program[i + 2] << 8;
    for (uint32_t k = 0; k < length + extra; ++k) {
      if (content.size() >= max_content()) return content;
      content.push_back(program[i + 3] & 1 && distance < content.size()
                            ? content[content.size() - 1 - distance]
                            : static_cast<uint8_t>(program[i + 3] + k * extra));
    }
  }
  return content;
}

std::vector<uint8_t> make_content(uint8_t kind, std::span<const uint8_t> rest) {
  if (kind % 3 == 1) return run_program(rest);
  std::vector<uint8_t> content;
  const size_t copies = kind % 3 == 2 ? 1 + kind / 3 : 1;
  for (size_t i = 0; i < copies && content.size() < max_content(); ++i) {
    content.insert(content.end(), rest.begin(), rest.end());
  }
  return content;
}

std::vector<uint8_t> encode(host_model::FrameEncoder& encoder,
                            const std::vector<uint8_t>& content,
                            size_t capacity) {
  std::vector<uint8_t> out(capacity + 16, kGuard);
  const size_t bytes = encoder.encode(content, std::span(out).first(capacity));
  require(bytes <= capacity, "a length above the capacity");
  for (size_t i = capacity; i < out.size(); ++i) {
    require(out[i] == kGuard, "a byte beyond the capacity");
  }
  out.resize(bytes);
  return out;
}

void check(const std::vector<uint8_t>& content, int level, bool checksum) {
  host_model::FrameEncoder encoder(content.size() + 1000, level, checksum);
  const std::vector<uint8_t> other(content.size() / 2 + 1, 'o');
  encode(encoder, other, other.size() + 64);
  const size_t bound = frame_bound(content.size(), kMaxBlockBytes, checksum);
  const std::vector<uint8_t> frame = encode(encoder, content, bound);
  require(!frame.empty(), "no frame at the bound");
  const testing::FrameCheck verdict = testing::check_frame(frame);
  require(verdict.ok, verdict.message());
  require(verdict.content == content, "the frame checker's content differs");
  require(verdict.has_checksum == checksum, "the checksum flag differs");
  std::vector<uint8_t> decoded(content.size() + 1);
  const size_t bytes = ZSTD_decompress(decoded.data(), decoded.size(),
                                       frame.data(), frame.size());
  require(!ZSTD_isError(bytes), "libzstd refuses the frame");
  decoded.resize(bytes);
  require(decoded == content, "libzstd's content differs");
  require(encode(encoder, content, frame.size() - 1).empty(),
          "a frame where it does not fit");
  require(encode(encoder, content, frame.size()) == frame,
          "other bytes at the exact capacity");
  host_model::FrameEncoder fresh(content.size(), level, checksum);
  require(encode(fresh, content, bound) == frame,
          "other bytes from a new encoder");
}

}  // namespace
}  // namespace gpu_zstd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const int level = gpu_zstd::kMinLevel +
                    data[0] % (gpu_zstd::kMaxLevel - gpu_zstd::kMinLevel + 1);
  gpu_zstd::check(gpu_zstd::make_content(data[2], {data + 4, size - 4}), level,
                  data[1] & 1);
  return 0;
}
