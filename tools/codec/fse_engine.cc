#include "tools/codec/fse_engine.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "gpu_codec/host_model/fse_model.h"

namespace gpu_zstd::tools {
namespace {

constexpr size_t kSampleSymbols = 65536;

class HostFseEngine : public FseEngine {
 public:
  explicit HostFseEngine(unsigned threads)
      : threads_(threads), arena_(static_cast<int>(threads)) {}

  std::string measures() const override {
    return "wall time, " + std::to_string(threads_) +
           (threads_ == 1 ? " thread" : " threads");
  }

  void load(std::span<const uint8_t> symbols) override {
    symbols_ = symbols;
    context_ = host_model::make_fse_context(fse_sample(symbols), 256);
    code_.assign((symbols.size() + kFseBlockSymbols - 1) / kFseBlockSymbols,
                 {});
    decoded_.assign(symbols.size(), 0);
  }

  double encode() override {
    return seconds_of([&](size_t b) {
      code_[b] = host_model::encode_fse(*context_, block(b));
    });
  }

  double decode() override {
    std::ranges::fill(decoded_, 0);
    const double seconds = seconds_of([&](size_t b) {
      const auto decoded = host_model::decode_fse(
          *context_, code_[b], static_cast<uint32_t>(block(b).size()));
      std::ranges::copy(decoded, decoded_.begin() + static_cast<ptrdiff_t>(
                                                        b * kFseBlockSymbols));
    });
    require_equal_symbols(symbols_, decoded_);
    return seconds;
  }

  uint64_t code_bytes() override {
    uint64_t words = code_.size();
    for (const std::vector<uint32_t>& code : code_) words += code.size();
    return words * sizeof(uint32_t);
  }

 private:
  std::span<const uint8_t> block(size_t b) const {
    const size_t begin = b * kFseBlockSymbols;
    return symbols_.subspan(
        begin, std::min<size_t>(kFseBlockSymbols, symbols_.size() - begin));
  }

  template <class Work>
  double seconds_of(Work work) {
    const auto start = std::chrono::steady_clock::now();
    arena_.execute([&] { tbb::parallel_for(size_t{0}, code_.size(), work); });
    const std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    return seconds.count();
  }

  unsigned threads_;
  tbb::task_arena arena_;
  std::span<const uint8_t> symbols_;
  std::unique_ptr<FseContext> context_;
  std::vector<std::vector<uint32_t>> code_;
  std::vector<uint8_t> decoded_;
};

}  // namespace

std::span<const uint8_t> fse_sample(std::span<const uint8_t> symbols) {
  return symbols.first(std::min(symbols.size(), kSampleSymbols));
}

void require_equal_symbols(std::span<const uint8_t> symbols,
                           std::span<const uint8_t> decoded) {
  const auto [symbol, other] = std::ranges::mismatch(symbols, decoded);
  if (symbol == symbols.end() && other == decoded.end()) return;
  throw std::runtime_error(
      "symbol " + std::to_string(symbol - symbols.begin()) + " of " +
      std::to_string(symbols.size()) + " was not decoded to itself");
}

std::unique_ptr<FseEngine> make_fse_engine(const std::string& name,
                                           unsigned threads) {
  if (name == "host") return std::make_unique<HostFseEngine>(threads);
  if (name == "gpu") return make_gpu_fse_engine();
  throw std::runtime_error("there is no engine '" + name +
                           "'; expected host or gpu");
}

}  // namespace gpu_zstd::tools
