// Which of a frame's repeat offsets the blocks of a piece rely on.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "cpu_fallback/bulk/sequence_tables.h"

namespace gpu_zstd {

// Follows the three repeat offsets (RFC 8878, 3.1.1.5) of a run of blocks whose
// starting offsets are not known. Not thread-safe.
class RepeatOffsetScan {
 public:
  enum class Outcome {
    kOpen,         // some are still unknown, none of those was used
    kIndependent,  // all three were replaced before any was used
    kDependent,    // an unknown one was used, or the block is not understood
  };

  // Reads the content of the next block of type "compressed"; blocks of other
  // types have no sequences. Stops at the first sequence that decides.
  Outcome scan(std::span<const char> block);

 private:
  struct Tables {
    std::optional<FseTable> literal_length;
    std::optional<FseTable> offset;
    std::optional<FseTable> match_length;
  };

  bool read_tables(std::span<const char>& data);
  Outcome follow(std::span<const char> bits, size_t sequences);
  bool apply(uint64_t offset_value, bool no_literals);

  Tables tables_;  // kept: a later block may use them again
  std::array<bool, 3> known_{};
};

// The whole run: `blocks` are the blocks of a piece with their headers. True:
// they decode the same whatever the offsets before them.
bool is_independent_of_repeats(std::span<const char> blocks);

}  // namespace gpu_zstd
