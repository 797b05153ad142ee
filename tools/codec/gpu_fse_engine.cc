#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "gpu_codec/stages/fse.h"
#include "tools/codec/cuda_device.h"
#include "tools/codec/device_array.h"
#include "tools/codec/fse_engine.h"

namespace gpu_zstd::tools {
namespace {

// What the symbols and their code take of the device.
struct DeviceFse {
  explicit DeviceFse(std::span<const uint8_t> host_symbols)
      : n(host_symbols.size()),
        symbols(host_symbols.data(), n),
        decoded(n),
        code(fse_capacity(n) / sizeof(uint32_t)),
        words(fse_blocks(n)),
        context(1),
        lead_code(fse_capacity(lead_symbols()) / sizeof(uint32_t)),
        lead_words(fse_blocks(lead_symbols())),
        lead_decoded(lead_symbols()) {}

  // Symbols of a launch that keeps the device busy while the next is submitted.
  // What it makes has a place of its own.
  uint64_t lead_symbols() const {
    return std::min<uint64_t>(n, kFseBlockSymbols);
  }

  uint64_t n;
  DeviceArray<uint8_t> symbols;
  DeviceArray<uint8_t> decoded;
  DeviceArray<uint32_t> code;
  DeviceArray<uint32_t> words;
  DeviceArray<FseContext> context;
  DeviceArray<uint32_t> lead_code;
  DeviceArray<uint32_t> lead_words;
  DeviceArray<uint8_t> lead_decoded;
};

class GpuFseEngine : public FseEngine {
 public:
  std::string measures() const override {
    return "kernel time, data on the device, " + device_name();
  }

  void load(std::span<const uint8_t> symbols) override {
    symbols_ = symbols;
    device_.reset();
    device_.emplace(symbols);
    const auto sample = static_cast<uint32_t>(fse_sample(symbols).size());
    check_cuda(launch_fse_context(device_->symbols.get(), sample, 256,
                                  device_->context.get(), nullptr),
               "preparing the tables");
    check_cuda(cudaDeviceSynchronize(), "preparing the tables");
  }

  double encode() override {
    const DeviceFse& d = *device_;
    // The code of the last call must not pass for that of this one.
    d.code.fill(0, fse_capacity(d.n) / sizeof(uint32_t));
    d.words.fill(0, fse_blocks(d.n));
    const auto launch = [&](uint64_t n, const DeviceArray<uint32_t>& code,
                            const DeviceArray<uint32_t>& words) {
      return launch_fse_encoder(d.context.get(), d.symbols.get(), n, code.get(),
                                words.get(), stream_.get());
    };
    return timer_.seconds(
        [&] { return launch(d.lead_symbols(), d.lead_code, d.lead_words); },
        [&] { return launch(d.n, d.code, d.words); });
  }

  double decode() override {
    const DeviceFse& d = *device_;
    d.decoded.fill(0, d.n);
    const auto launch = [&](uint64_t n, const DeviceArray<uint8_t>& decoded) {
      return launch_fse_decoder(d.context.get(), d.code.get(), n, decoded.get(),
                                stream_.get());
    };
    const double seconds =
        timer_.seconds([&] { return launch(d.lead_symbols(), d.lead_decoded); },
                       [&] { return launch(d.n, d.decoded); });
    d.decoded.read(d.n, &decoded_);
    require_equal_symbols(symbols_, decoded_);
    return seconds;
  }

  uint64_t code_bytes() override {
    std::vector<uint32_t> words;
    device_->words.read(fse_blocks(device_->n), &words);
    return std::accumulate(words.begin(), words.end(), uint64_t{words.size()}) *
           sizeof(uint32_t);
  }

 private:
  OwnedStream stream_;
  StreamTimer timer_{stream_.get()};
  std::span<const uint8_t> symbols_;
  std::optional<DeviceFse> device_;
  std::vector<uint8_t> decoded_;
};

}  // namespace

std::unique_ptr<FseEngine> make_gpu_fse_engine() {
  require_cuda_device();
  return std::make_unique<GpuFseEngine>();
}

}  // namespace gpu_zstd::tools
