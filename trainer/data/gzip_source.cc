#include "trainer/data/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr size_t kBlockBytes = size_t{64} << 10;
constexpr uint64_t kMaxDeflateRatio = 1032;
constexpr int kGzipWindowBits = 15 + 16;  // the largest window; +16 expects a gzip header

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct EndInflate {
  void operator()(z_stream* stream) const {
    inflateEnd(stream);
    delete stream;
  }
};

}  // namespace

struct GzipSource::State {
  std::string path;
  std::unique_ptr<std::FILE, CloseFile> file;
  uint64_t file_bytes = 0;
  std::array<uint8_t, kBlockBytes> block;
  // What of the block is still to be used, and where in the file it ends.
  std::span<const uint8_t> pending;
  uint64_t block_end = 0;
  // Null for a plain file.
  std::unique_ptr<z_stream, EndInflate> inflater;
  // Whether the input stands between members, and how many have ended.
  bool between_members = false;
  uint64_t members = 0;

  uint64_t position() const { return block_end - pending.size(); }
  absl::Status Corrupt(const std::string& what) const {
    return absl::DataLossError(absl::StrCat(path, ": ", what));
  }

  // Whether what follows a complete member has not turned out to be another one.
  bool InTrailingBytes() const { return members > 0 && inflater->total_out == 0; }
  absl::Status TrailingGarbage() const {
    return Corrupt(absl::StrCat("trailing garbage after the end of the gzip data, before byte ",
                                position(), " of ", file_bytes, "; fetch it again"));
  }

  absl::Status Refill();
  absl::StatusOr<size_t> ReadPlain(std::span<uint8_t> out);
  absl::StatusOr<size_t> ReadGzip(std::span<uint8_t> out);
  absl::StatusOr<size_t> Inflate(std::span<uint8_t> out);
  absl::Status InflateError(int code) const;
};

// Leaves `pending` empty at the end of the file only.
absl::Status GzipSource::State::Refill() {
  if (!pending.empty()) return absl::OkStatus();
  const size_t count = std::fread(block.data(), 1, block.size(), file.get());
  if (std::ferror(file.get()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": read failed at byte ", block_end));
  }
  pending = std::span(block.data(), count);
  block_end += count;
  return absl::OkStatus();
}

absl::StatusOr<size_t> GzipSource::State::ReadPlain(std::span<uint8_t> out) {
  size_t written = 0;
  while (written < out.size()) {
    PROVNET_RETURN_IF_ERROR(Refill());
    if (pending.empty()) break;
    const size_t count = std::min(pending.size(), out.size() - written);
    std::memcpy(out.data() + written, pending.data(), count);
    pending = pending.subspan(count);
    written += count;
  }
  return written;
}

absl::StatusOr<size_t> GzipSource::State::ReadGzip(std::span<uint8_t> out) {
  size_t written = 0;
  while (written < out.size()) {
    PROVNET_RETURN_IF_ERROR(Refill());
    if (pending.empty()) {
      if (between_members) break;
      if (InTrailingBytes()) return TrailingGarbage();
      return Corrupt(
          absl::StrCat("the gzip data is cut off: the file ends after ", file_bytes,
                       " bytes, before the end of the compressed stream; fetch it again"));
    }
    PROVNET_ASSIGN_OR_RETURN(const size_t count, Inflate(out.subspan(written)));
    written += count;
  }
  return written;
}

// One step over the pending input; returns how many bytes it wrote.
absl::StatusOr<size_t> GzipSource::State::Inflate(std::span<uint8_t> out) {
  if (between_members) {
    inflateReset(inflater.get());
    between_members = false;
  }
  const size_t room = std::min(out.size(), size_t{1} << 30);  // zlib counts in 32 bits
  inflater->next_in = const_cast<uint8_t*>(pending.data());   // not written to
  inflater->avail_in = static_cast<uInt>(pending.size());
  inflater->next_out = out.data();
  inflater->avail_out = static_cast<uInt>(room);
  const int code = inflate(inflater.get(), Z_NO_FLUSH);
  pending = pending.last(inflater->avail_in);
  if (code == Z_STREAM_END) {
    between_members = true;
    ++members;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return InflateError(code);
  }
  return room - inflater->avail_out;
}

absl::Status GzipSource::State::InflateError(int code) const {
  if (code == Z_MEM_ERROR) {
    return absl::ResourceExhaustedError(absl::StrCat(path, ": out of memory while inflating"));
  }
  if (InTrailingBytes()) return TrailingGarbage();
  const char* reason = inflater->msg != nullptr ? inflater->msg : "needs a preset dictionary";
  return Corrupt(absl::StrCat("corrupt gzip data near byte ", position(), " of ", file_bytes, " (",
                              reason, "); fetch it again"));
}

GzipSource::GzipSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
GzipSource::GzipSource(GzipSource&&) noexcept = default;
GzipSource& GzipSource::operator=(GzipSource&&) noexcept = default;
GzipSource::~GzipSource() = default;

absl::StatusOr<GzipSource> GzipSource::Open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path.string();
  state->file.reset(std::fopen(path.c_str(), "rb"));
  if (state->file == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path.string(), ": can't be opened"));
  }
  std::error_code error;
  state->file_bytes = std::filesystem::file_size(path, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat(path.string(), ": not a regular file (", error.message(), ")"));
  }
  if (state->file_bytes == 0) return state->Corrupt("the file is empty");
  PROVNET_RETURN_IF_ERROR(state->Refill());
  if (state->pending.size() >= 2 && state->pending[0] == 0x1f && state->pending[1] == 0x8b) {
    auto stream = std::make_unique<z_stream>();
    if (inflateInit2(stream.get(), kGzipWindowBits) != Z_OK) {
      return absl::ResourceExhaustedError(absl::StrCat(path.string(), ": can't start inflating"));
    }
    state->inflater.reset(stream.release());
  }
  return GzipSource(std::move(state));
}

absl::StatusOr<size_t> GzipSource::Read(std::span<uint8_t> out) {
  return compressed() ? state_->ReadGzip(out) : state_->ReadPlain(out);
}

bool GzipSource::compressed() const { return state_->inflater != nullptr; }
uint64_t GzipSource::file_bytes() const { return state_->file_bytes; }
uint64_t GzipSource::max_bytes() const {
  return compressed() ? state_->file_bytes * kMaxDeflateRatio : state_->file_bytes;
}

}  // namespace provnet
