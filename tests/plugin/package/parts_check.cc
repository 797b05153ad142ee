// Compresses through the installed libraries that need no RocksDB.
#include <cstdio>
#include <string>

#include "scheduler/scheduler.h"
#ifdef WITH_BULK
#include "cpu_fallback/bulk/file_streaming.h"
#endif
#ifdef WITH_CUDA
#include "gpu_codec/gpu_codec.h"
#endif

namespace {

bool one_block(const std::string& input) {
  std::string output(input.size(), '\0');
  const gpu_zstd::CompressResult result =
      gpu_zstd::Scheduler::shared().compress({.input = input, .output = output},
                                             nullptr);
  return result.outcome == gpu_zstd::Outcome::kCompressed &&
         result.frame_bytes > 0;
}

#ifdef WITH_BULK
bool there_and_back(const std::string& input) {
  gpu_zstd::BulkCodec codec;
  std::string coded(gpu_zstd::BulkCodec::max_output_bytes(input.size(), {}),
                    '\0');
  const gpu_zstd::BulkResult made = codec.compress(input, coded, {});
  std::string back(input.size(), '\0');
  return made.ok() &&
         codec.decompress({coded.data(), made.bytes_out}, back, {}).ok() &&
         back == input;
}
#endif

}  // namespace

int main() {
  const std::string input(100000, 'x');
  bool good = one_block(input);
#ifdef WITH_BULK
  good = there_and_back(input) && good;
#endif
#ifdef WITH_CUDA
  good = gpu_zstd::max_frame_bytes(input.size()) > input.size() &&
         gpu_zstd::get_workspace_size(input.size(), 3) > 0 && good;
#endif
  std::printf("parts: %s\n", good ? "work" : "do not work");
  return good ? 0 : 1;
}
