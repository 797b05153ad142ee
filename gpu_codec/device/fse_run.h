// FSE streams and the serial chain of their states.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_table.h"

namespace gpu_zstd {

// One stream. Fields stand in the order they are encoded, that is, the last one
// that a decoder sees comes first.
struct FseStream {
  uint32_t table;  // index of its table
  uint32_t count;
  // Symbols; each becomes what is written of it, see field_value(). Aligned to
  // 16 bytes, with room for whole groups of kFieldGroup.
  uint16_t* fields;
};

// The bits that encoding one symbol writes: value | number of bits << 9. The
// first symbol of a stream writes none.
inline constexpr uint32_t kFieldShift = kMaxFseLog;
GPU_ZSTD_FN uint32_t field_value(uint32_t field) {
  return field & ((1u << kFieldShift) - 1);
}
GPU_ZSTD_FN uint32_t field_bits(uint32_t field) { return field >> kFieldShift; }

// Symbols that are read together.
inline constexpr uint32_t kFieldGroup = 8;
struct alignas(16) FieldGroup {
  uint16_t field[kFieldGroup];
};
inline constexpr uint32_t kFieldQuad = 4;
struct alignas(8) FieldQuad {
  uint16_t field[kFieldQuad];
};

// States that a thread runs together: their chains do not wait for each other,
// and what they encode is fetched once.
inline constexpr uint32_t kFseTask = 4;

// What leads from any state to the first of a table, without leaving the table:
// stands for symbols that are not there.
inline constexpr FseSymbol kNoFseSymbol{15u << (16 + FseSymbol::kShift) |
                                        FseSymbol::kStateBias};

// Encodes symbols [begin, end) from each of `states` on, which become those
// behind the last. Calls mark(t) before every fourth symbol, the states being
// those before it, and visit(t, state, bits) with the first state before each
// symbol and the bits it writes.
//
// The chain of states is what takes the time: fields are fetched two quads
// ahead, what encodes them one quad, and nothing depends on a condition.
template <uint32_t kStates, class Mark, class Visit>
GPU_ZSTD_FN void run_fse(const FseTable& table, const FseStream& stream,
                         uint32_t begin, uint32_t end,
                         uint32_t (&states)[kStates], Mark&& mark,
                         Visit&& visit) {
  if (begin >= end) return;
  const FieldQuad* quads = reinterpret_cast<const FieldQuad*>(stream.fields);
  const uint32_t last = (end - 1) / kFieldQuad;
  FseSymbol next[kFieldQuad] = {};
  FieldQuad ahead = quads[begin / kFieldQuad];
  const auto fetch = [&](uint32_t q) {
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldQuad; ++i) {  // behind the end: anything
      next[i] = table.symbols[ahead.field[i] % kMaxFseSymbols];
    }
    ahead = quads[q < last ? q : last];
  };
  fetch(begin / kFieldQuad + 1);
  GPU_ZSTD_NO_UNROLL
  for (uint32_t q = begin / kFieldQuad; q <= last; ++q) {
    FseSymbol symbols[kFieldQuad];
    bool there[kFieldQuad];  // neither before nor behind
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldQuad; ++i) {
      there[i] = q * kFieldQuad + i - begin < end - begin;
      symbols[i] = there[i] ? next[i] : kNoFseSymbol;
    }
    fetch(q + 2);
    if (q * kFieldQuad >= begin) mark(q * kFieldQuad);
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldQuad; ++i) {
      const uint32_t before = states[0];
      uint32_t bits = 0;
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kStates; ++k) {
        uint32_t state = states[k];
        const uint32_t written = encode_fse_symbol(table, symbols[i], &state);
        if (k == 0) bits = written;
        states[k] = there[i] ? state : states[k];
      }
      if (there[i]) visit(q * kFieldQuad + i, before, bits);
    }
  }
}

// Encodes symbols [begin, end) from `state` on and leaves in their places what
// they write; returns the state behind the last.
GPU_ZSTD_FN uint32_t replace_fields(const FseTable& table,
                                    const FseStream& stream, uint32_t begin,
                                    uint32_t end, uint32_t state) {
  uint32_t states[1] = {state};
  run_fse(
      table, stream, begin, end, states, [](uint32_t) {},
      [&](uint32_t t, uint32_t before, uint32_t bits) {
        const uint32_t value = before & ((1u << bits) - 1);
        stream.fields[t] = static_cast<uint16_t>(bits << kFieldShift | value);
      });
  return states[0];
}

}  // namespace gpu_zstd
