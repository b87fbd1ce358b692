#include "trainer/data/archive_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlockBytes = size_t{256} << 10;

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using Handle = std::unique_ptr<archive, FreeArchive>;

std::string ReasonOf(archive* handle) {
  const char* reason = archive_error_string(handle);
  return reason == nullptr ? "unknown error" : reason;
}

Entry::Kind KindOf(archive_entry* entry) {
  // A hard link has a file's type and no contents of its own.
  if (archive_entry_hardlink(entry) != nullptr) return Entry::Kind::kOther;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return Entry::Kind::kFile;
    case AE_IFDIR:
      return Entry::Kind::kFolder;
    default:
      return Entry::Kind::kOther;
  }
}

// UTF-8 where the archive says so, its raw bytes otherwise; empty when it has no usable name.
std::string PathOf(archive_entry* entry) {
  const char* path = archive_entry_pathname_utf8(entry);
  if (path == nullptr) path = archive_entry_pathname(entry);
  return path == nullptr ? "" : path;
}

class ArchiveStream : public EntryStream {
 public:
  ArchiveStream(fs::path path, Handle handle)
      : path_(std::move(path)), handle_(std::move(handle)) {}

  absl::StatusOr<std::optional<Entry>> Next() override {
    int result = ARCHIVE_RETRY;
    while (result == ARCHIVE_RETRY) result = archive_read_next_header(handle_.get(), &entry_);
    if (result == ARCHIVE_EOF) return std::nullopt;
    // A warning is about a name's spelling or an attribute; the entry can be read.
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return Damaged();
    Entry entry{PathOf(entry_), KindOf(entry_)};
    if (archive_entry_size(entry_) > kMaxArchiveEntryBytes) {
      return absl::DataLossError(absl::StrCat(
          path_.string(), ": an entry claims ", archive_entry_size(entry_), " bytes; at most ",
          kMaxArchiveEntryBytes, " are allowed in an archive of images"));
    }
    return entry;
  }

  absl::StatusOr<std::string> Read(size_t max_bytes) override {
    const int64_t claimed = archive_entry_size(entry_);
    if (claimed < 0 || static_cast<uint64_t>(claimed) > max_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("it has ", claimed, " bytes; at most ", max_bytes, " are allowed"));
    }
    std::string bytes(static_cast<size_t>(claimed), '\0');
    size_t filled = 0;
    while (filled < bytes.size()) {
      const la_ssize_t got =
          archive_read_data(handle_.get(), bytes.data() + filled, bytes.size() - filled);
      if (got == ARCHIVE_RETRY) continue;
      if (got < 0) return Damaged();
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

 private:
  absl::Status Damaged() const {
    return absl::DataLossError(absl::StrCat(
        path_.string(), ": the archive is truncated or damaged: ", ReasonOf(handle_.get()),
        "; fetch it again"));
  }

  const fs::path path_;
  const Handle handle_;
  archive_entry* entry_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EntryStream>> OpenArchiveStream(const fs::path& path) {
  Handle handle(archive_read_new());
  if (handle == nullptr) return absl::ResourceExhaustedError("out of memory for an archive");
  archive_read_support_format_tar(handle.get());
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_bzip2(handle.get());
  archive_read_support_filter_xz(handle.get());
  archive_read_support_filter_zstd(handle.get());
  archive_read_support_filter_lz4(handle.get());
  if (archive_read_open_filename(handle.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(),
                     ": is neither a folder nor a tar archive (plain, or compressed by "
                     "gzip, bzip2, xz, zstd or lz4): ",
                     ReasonOf(handle.get())));
  }
  return std::make_unique<ArchiveStream>(path, std::move(handle));
}

}  // namespace provnet
