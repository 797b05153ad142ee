// encode_blocks: cuts a file into blocks and writes one zstd frame each, one
// after the other; the zstd command decodes the result to the file.
#include <gflags/gflags.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

#include "gpu_codec/params.h"
#include "tools/codec/encode_engine.h"
#include "tools/codec/frame_check.h"
#include "tools/codec/input.h"
#include "tools/process/interrupt.h"
#include "tools/process/output_file.h"

DEFINE_string(engine, "host",
              "host: the GPU encoder's algorithms on the CPU; gpu: the same "
              "on a GPU, same bytes; stream: that from host memory, slot by "
              "slot; cpu: libzstd");
DEFINE_string(level, "3", "zstd level, 1 to 22");
DEFINE_string(block_size, "16384", "bytes of a block, 1 to 1073741824");
DEFINE_bool(checksum, true, "append each frame's XXH64");
DEFINE_string(o, "", "file to write");

namespace gpu_zstd::tools {
namespace {

// Returns the bytes written.
size_t write_frames(const FrameSet& frames, size_t count,
                    const std::string& path) {
  OutputFile out(path);
  size_t bytes = 0;
  for (size_t k = 0; k < count; ++k) {
    out.write(frames.frame(k));
    bytes += frames.frame(k).size();
  }
  out.publish();
  return bytes;
}

void encode_file(const std::string& path, const std::string& out_path) {
  const EngineOptions options{
      static_cast<int>(
          parse_number("level", FLAGS_level, kMinLevel, kMaxLevel)),
      FLAGS_checksum, std::max(1u, std::thread::hardware_concurrency()), ""};
  const size_t block_bytes =
      parse_number("block_size", FLAGS_block_size, 1, 1 << 30);
  std::error_code error;
  if (std::filesystem::equivalent(path, out_path, error)) {
    throw std::runtime_error("-o names the input, " + path);
  }
  const std::vector<uint8_t> input = read_input(path, 0);
  require_writable(out_path);
  const std::unique_ptr<EncodeEngine> engine =
      make_engine(FLAGS_engine, options);
  const BlockList blocks{input, block_bytes};
  engine->load(blocks);
  engine->encode(0, blocks.count());
  const FrameSet& frames = engine->frames();
  if (const auto wrong = wrong_block(blocks, 0, blocks.count(), frames)) {
    throw std::runtime_error("the frame of block " + std::to_string(*wrong) +
                             " does not decode to it");
  }
  const size_t bytes = write_frames(frames, blocks.count(), out_path);
  std::printf("%s: %zu bytes in %zu frames, %zu bytes\n", out_path.c_str(),
              input.size(), blocks.count(), bytes);
}

}  // namespace
}  // namespace gpu_zstd::tools

int main(int argc, char** argv) {
  gflags::SetUsageMessage(
      "writes each block of a file as a zstd frame, when libzstd has decoded "
      "it to the block\n\n"
      "  encode_blocks --engine=host --level=3 --block_size=16384 "
      "INPUT -o OUT.zst");
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  gpu_zstd::end_on_signals();
  if (argc != 2 || FLAGS_o.empty()) {
    std::fprintf(stderr,
                 "encode_blocks: expected one INPUT and -o OUT.zst; see "
                 "--help\n");
    return 1;
  }
  try {
    gpu_zstd::tools::encode_file(argv[1], FLAGS_o);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "encode_blocks: %s\n", e.what());
    return 1;
  }
  return 0;
}
