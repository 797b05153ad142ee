#include "cpu_fallback/bulk/resources.h"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_c_forceMaxWindow
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <initializer_list>

namespace gpu_zstd {
namespace {

BulkStatus encode_error(size_t code) {
  BulkStatus status{BulkError::kFailed, 0,
                    std::string("libzstd: ") + ZSTD_getErrorName(code)};
  switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_dstSize_tooSmall:
      status.error = BulkError::kOutputFull;
      break;
    case ZSTD_error_memory_allocation:
      status.error = BulkError::kNoMemory;
      break;
    case ZSTD_error_parameter_outOfBound:
    case ZSTD_error_parameter_unsupported:
      status.error = BulkError::kBadOption;
      break;
    default:
      break;
  }
  return status;
}

BulkStatus decode_error(size_t code) {
  BulkStatus status{BulkError::kCorrupt, 0,
                    std::string("libzstd: ") + ZSTD_getErrorName(code)};
  switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation:
      status.error = BulkError::kNoMemory;
      break;
    case ZSTD_error_frameParameter_windowTooLarge:
      status.error = BulkError::kWindowTooLarge;
      break;
    default:
      break;
  }
  return status;
}

struct Setting {
  ZSTD_cParameter parameter;
  int value;
};

// Sets parameters on a context that forgot the last call's.
size_t apply(ZSTD_CCtx* context, std::initializer_list<Setting> settings) {
  size_t code = ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
  for (const auto& [parameter, value] : settings) {
    if (!ZSTD_isError(code)) {
      code = ZSTD_CCtx_setParameter(context, parameter, value);
    }
  }
  return code;
}

}  // namespace

EncodeContext::EncodeContext() : context_(ZSTD_createCCtx()) {}
EncodeContext::~EncodeContext() { ZSTD_freeCCtx(context_); }

BulkStatus EncodeContext::compress(const FrameParams& params,
                                   std::span<const char> src,
                                   std::span<char> dst, size_t* written) {
  if (context_ == nullptr) {
    return {BulkError::kNoMemory, 0, "no memory for a compression context"};
  }
  size_t code = apply(context_, {{ZSTD_c_compressionLevel, params.level},
                                 {ZSTD_c_checksumFlag, params.checksum ? 1 : 0},
                                 {ZSTD_c_windowLog, params.window_log},
                                 {ZSTD_c_enableLongDistanceMatching,
                                  params.window_log > 0 ? 1 : 0}});
  if (!ZSTD_isError(code)) {
    code = ZSTD_compress2(context_, dst.data(), dst.size(), src.data(),
                          src.size());
  }
  if (ZSTD_isError(code)) {
    return encode_error(code);
  }
  *written = code;
  return {};
}

BulkStatus EncodeContext::compress_piece(int level, int window_log,
                                         std::span<const char> history,
                                         std::span<const char> src,
                                         std::span<char> dst, size_t* written) {
  if (context_ == nullptr) {
    return {BulkError::kNoMemory, 0, "no memory for a compression context"};
  }
  size_t code = apply(context_, {{ZSTD_c_compressionLevel, level},
                                 {ZSTD_c_windowLog, window_log},
                                 {ZSTD_c_forceMaxWindow, 1},
                                 {ZSTD_c_contentSizeFlag, 0}});
  if (!ZSTD_isError(code) && !history.empty()) {
    code = ZSTD_CCtx_refPrefix(context_, history.data(), history.size());
  }
  if (!ZSTD_isError(code)) {
    code = ZSTD_compress2(context_, dst.data(), dst.size(), src.data(),
                          src.size());
  }
  if (ZSTD_isError(code)) {
    return encode_error(code);
  }
  *written = code;
  return {};
}

DecodeContext::DecodeContext() : context_(ZSTD_createDCtx()) {}
DecodeContext::~DecodeContext() { ZSTD_freeDCtx(context_); }

BulkStatus DecodeContext::decompress(std::span<const char> src,
                                     std::span<char> dst) {
  if (context_ == nullptr) {
    return {BulkError::kNoMemory, 0, "no memory for a decompression context"};
  }
  const size_t code = ZSTD_decompressDCtx(context_, dst.data(), dst.size(),
                                          src.data(), src.size());
  if (ZSTD_isError(code)) {
    BulkStatus status = decode_error(code);
    if (status.error == BulkError::kCorrupt) {
      status.offset = locate_damage(src, dst);
    }
    return status;
  }
  if (code != dst.size()) {
    return {BulkError::kCorrupt, 0,
            "the frames hold " + std::to_string(code) +
                " bytes where their headers say " + std::to_string(dst.size())};
  }
  return {};
}

// Decodes again in small steps: the step that fails is the place.
uint64_t DecodeContext::locate_damage(std::span<const char> src,
                                      std::span<char> dst) {
  constexpr size_t kStepBytes = 256;
  constexpr int kLargestWindowLog = 30;
  size_t at = 0;
  size_t filled = 0;
  while (at < src.size()) {
    if (!start(kLargestWindowLog).ok()) {
      return at;
    }
    bool done = false;
    while (!done && at < src.size()) {
      size_t consumed = 0;
      size_t produced = 0;
      const size_t bytes = std::min(kStepBytes, src.size() - at);
      if (!step(src.subspan(at, bytes), dst.subspan(filled), &consumed,
                &produced, &done)
               .ok() ||
          (consumed == 0 && produced == 0)) {
        return at;
      }
      at += consumed;
      filled += produced;
    }
  }
  return at;
}

BulkStatus DecodeContext::start(int max_window_log) {
  if (context_ == nullptr) {
    return {BulkError::kNoMemory, 0, "no memory for a decompression context"};
  }
  size_t code = ZSTD_DCtx_reset(context_, ZSTD_reset_session_and_parameters);
  if (!ZSTD_isError(code)) {
    code =
        ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, max_window_log);
  }
  return ZSTD_isError(code) ? encode_error(code) : BulkStatus{};
}

BulkStatus DecodeContext::step(std::span<const char> src, std::span<char> dst,
                               size_t* consumed, size_t* produced, bool* done) {
  ZSTD_inBuffer input{src.data(), src.size(), 0};
  ZSTD_outBuffer output{dst.data(), dst.size(), 0};
  const size_t code = ZSTD_decompressStream(context_, &output, &input);
  *consumed = input.pos;
  *produced = output.pos;
  *done = code == 0;
  return ZSTD_isError(code) ? decode_error(code) : BulkStatus{};
}

size_t max_frame_bytes_of(size_t raw_bytes) {
  return ZSTD_compressBound(raw_bytes);
}

}  // namespace gpu_zstd
