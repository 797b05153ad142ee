#include "cpu_fallback/bulk/one_frame.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "cpu_fallback/bulk/frame_format.h"
#include "cpu_fallback/bulk/frame_plan.h"
#include "cpu_fallback/bulk/repeat_offsets.h"
#include "cpu_fallback/bulk/xxh64.h"

namespace gpu_zstd {
namespace {

// Magic, descriptor, window, content size in 8 bytes.
constexpr size_t kHeaderBytes = 14;

struct Piece {
  size_t begin = 0;
  size_t bytes = 0;
  bool made = false;
  bool fits_anywhere = false;
  LeasePool<Buffer>::Lease output;
  std::span<char> blocks;  // in `output`, none marked as the frame's last
  size_t place = 0;        // in the frame
  BulkStatus status;
};

void write_header(char* to, int window_log, bool checksum, uint64_t content) {
  store_u32(to, kZstdMagic);
  to[4] = static_cast<char>(0xC0 | (checksum ? 4 : 0));
  to[5] = static_cast<char>((window_log - 10) << 3);
  store_u64(to + 6, content);
}

// Clears or sets the mark on the run's last block.
bool mark_last_block(std::span<char> blocks, bool last) {
  size_t at = 0;
  while (blocks.size() - at >= kBlockHeaderBytes) {
    const BlockHeader header = parse_block_header(blocks.data() + at);
    const size_t end = at + kBlockHeaderBytes + header.stored_bytes;
    if (end == blocks.size()) {
      const uint32_t bits = load_u24(blocks.data() + at);
      store_u24(blocks.data() + at, last ? bits | 1 : bits & ~1u);
      return true;
    }
    if (end > blocks.size()) {
      return false;
    }
    at = end;
  }
  return false;
}

class OneFrame {
 public:
  OneFrame(std::span<const char> src, const BulkEncodeOptions& options,
           const BulkLimits& limits, OrderedEngine& engine,
           Resources& resources)
      : src_(src),
        options_(options),
        plan_(plan_pieces(options.level)),
        engine_(engine),
        resources_(resources) {
    for (size_t at = 0; at < src.size(); at += plan_.piece_bytes) {
      Piece piece;
      piece.begin = at;
      piece.bytes = std::min(plan_.piece_bytes, src.size() - at);
      pieces_.push_back(std::move(piece));
    }
    strategy_ =
        choose_strategy(src.size(), pieces_.size(), options.strategy, limits);
  }

  size_t pieces() const { return pieces_.size(); }
  BulkStatus make_pieces();
  BulkStatus write(std::span<char> dst, size_t* written);

 private:
  // Runs `job` for each of `jobs`, the index as its argument.
  class Each final : public OrderedWork {
   public:
    Each(size_t jobs, const std::function<void(size_t)>& job)
        : jobs_(jobs), job_(job), job_of_slot_(std::max<size_t>(jobs, 1)) {}
    bool take(size_t slot) override {
      job_of_slot_[slot] = next_;
      return next_++ < jobs_;
    }
    void process(size_t slot) override { job_(job_of_slot_[slot]); }
    bool deliver(size_t slot) override { return true; }

   private:
    size_t jobs_;
    const std::function<void(size_t)>& job_;
    std::vector<size_t> job_of_slot_;
    size_t next_ = 0;
  };

  void run_each(size_t jobs, const std::function<void(size_t)>& job) {
    Each each(jobs, job);
    engine_.run(each, strategy_, std::max<size_t>(jobs, 1));
  }
  bool cancelled() const {
    return options_.cancel != nullptr &&
           options_.cancel->load(std::memory_order_relaxed);
  }
  void make(Piece& piece);
  std::vector<Piece*> join_dependent();
  BulkStatus first_error() const;

  std::span<const char> src_;
  const BulkEncodeOptions& options_;
  const PiecePlan plan_;
  OrderedEngine& engine_;
  Resources& resources_;
  BulkStrategy strategy_ = BulkStrategy::kSingle;
  std::vector<Piece> pieces_;
};

void OneFrame::make(Piece& piece) {
  piece.made = true;
  if (cancelled()) {
    piece.status = {BulkError::kCancelled, piece.begin, "cancelled"};
    return;
  }
  if (piece.output == nullptr) {
    piece.output = resources_.buffers.lease();
  }
  const size_t room = max_frame_bytes_of(piece.bytes);
  if (!piece.output->reserve(room)) {
    piece.status = {BulkError::kNoMemory, piece.begin, "no memory for output"};
    return;
  }
  const size_t history = std::min(plan_.history_bytes, piece.begin);
  const std::span<char> out(piece.output->data(), room);
  size_t written = 0;
  piece.status = resources_.encoders.lease()->compress_piece(
      options_.level, plan_.window_log,
      src_.subspan(piece.begin - history, history),
      src_.subspan(piece.begin, piece.bytes), out, &written);
  piece.status.offset = piece.begin;
  FrameHeader header;
  if (!piece.status.ok()) {
    return;
  }
  if (parse_frame_header(out.first(written), &header) !=
      HeaderOutcome::kWhole) {
    piece.status = {BulkError::kFailed, piece.begin, "no frame from libzstd"};
    return;
  }
  piece.blocks =
      out.subspan(header.header_bytes, written - header.header_bytes);
  piece.fits_anywhere =
      piece.begin == 0 || is_independent_of_repeats(piece.blocks);
  if (!mark_last_block(piece.blocks, false)) {
    piece.status = {BulkError::kFailed, piece.begin, "no blocks from libzstd"};
  }
}

// Joins each piece that leans on its predecessor to it. What was joined must
// be made again; what no longer exists is removed.
std::vector<Piece*> OneFrame::join_dependent() {
  std::vector<Piece> joined;
  for (Piece& piece : pieces_) {
    if (!piece.made || piece.fits_anywhere) {
      joined.push_back(std::move(piece));
    } else {
      joined.back().bytes += piece.bytes;
      joined.back().made = false;
    }
  }
  pieces_ = std::move(joined);
  std::vector<Piece*> to_make;
  for (Piece& piece : pieces_) {
    if (!piece.made) {
      to_make.push_back(&piece);
    }
  }
  return to_make;
}

BulkStatus OneFrame::first_error() const {
  for (const Piece& piece : pieces_) {
    if (!piece.status.ok()) {
      return piece.status;
    }
  }
  return {};
}

BulkStatus OneFrame::make_pieces() {
  std::vector<Piece*> to_make = join_dependent();
  while (!to_make.empty()) {
    run_each(to_make.size(), [&](size_t i) { make(*to_make[i]); });
    if (BulkStatus status = first_error(); !status.ok()) {
      return status;
    }
    to_make = join_dependent();
  }
  mark_last_block(pieces_.back().blocks, true);
  return {};
}

BulkStatus OneFrame::write(std::span<char> dst, size_t* written) {
  size_t end = kHeaderBytes;
  for (Piece& piece : pieces_) {
    piece.place = end;
    end += piece.blocks.size();
  }
  *written = end + (options_.checksum ? kChecksumBytes : 0);
  if (*written > dst.size()) {
    return {BulkError::kOutputFull, dst.size(),
            "the output buffer of " + std::to_string(dst.size()) +
                " bytes is too small"};
  }
  write_header(dst.data(), plan_.window_log, options_.checksum, src_.size());
  // The checksum, serial by nature, runs beside the copies.
  run_each(pieces_.size() + 1, [&](size_t i) {
    if (i > 0) {
      const Piece& piece = pieces_[i - 1];
      std::memcpy(dst.data() + piece.place, piece.blocks.data(),
                  piece.blocks.size());
    } else if (options_.checksum) {
      store_u32(dst.data() + end, static_cast<uint32_t>(xxh64(src_)));
    }
  });
  return {};
}

}  // namespace

size_t one_frame_bound(size_t raw_bytes, int level) {
  const size_t piece = plan_pieces(level).piece_bytes;
  return (raw_bytes / piece + 1) * max_frame_bytes_of(piece) + kHeaderBytes +
         kChecksumBytes;
}

BulkResult compress_one_frame(std::span<const char> src, std::span<char> dst,
                              const BulkEncodeOptions& options,
                              const BulkLimits& limits, OrderedEngine& engine,
                              Resources& resources) {
  BulkResult result;
  size_t written = 0;
  OneFrame frame(src, options, limits, engine, resources);
  if (frame.pieces() <= 1) {
    result.status = resources.encoders.lease()->compress(
        {options.level, options.checksum, 0}, src, dst, &written);
  } else {
    result.status = frame.make_pieces();
    if (result.ok()) {
      result.status = frame.write(dst, &written);
    }
  }
  if (result.ok()) {
    result.bytes_in = src.size();
    result.bytes_out = written;
    if (options.progress) {
      options.progress({src.size(), written, src.size()});
    }
  }
  return result;
}

}  // namespace gpu_zstd
