#include "gpu_codec/host_model/fse_model.h"

#include <algorithm>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd::host_model {
namespace {

// Room for `n` symbols with the alignment that the coder asks for.
std::vector<SymbolGroup> groups_for(size_t n) {
  return std::vector<SymbolGroup>(n / kFseGroup + 1);
}

}  // namespace

std::unique_ptr<FseContext> make_fse_context(std::span<const uint8_t> sample,
                                             uint32_t alphabet) {
  HostBlockExec x(kFseContextThreads);
  const auto shared = std::make_unique<FseContextShared>();
  auto context = std::make_unique<FseContext>();
  build_fse_context(x, *shared, sample.data(),
                    static_cast<uint32_t>(sample.size()), alphabet, *context);
  return context;
}

std::vector<uint32_t> encode_fse(const FseContext& context,
                                 std::span<const uint8_t> symbols) {
  HostBlockExec x(kFseBlockStreams);
  std::vector<SymbolGroup> aligned = groups_for(symbols.size());
  uint8_t* copy = aligned[0].symbol;
  std::copy(symbols.begin(), symbols.end(), copy);
  const uint32_t n = static_cast<uint32_t>(symbols.size());
  std::vector<uint32_t> code(fse_block_words(n));
  code.resize(encode_fse_block(x, context.encoder, copy, n, code.data()));
  return code;
}

std::vector<uint8_t> decode_fse(const FseContext& context,
                                std::span<const uint32_t> code, uint32_t n) {
  HostBlockExec x(kFseBlockStreams);
  std::vector<SymbolGroup> aligned = groups_for(n);
  decode_fse_block(x, context.cells, code.data(), n, aligned[0].symbol);
  const uint8_t* symbols = aligned[0].symbol;
  return {symbols, symbols + n};
}

}  // namespace gpu_zstd::host_model
