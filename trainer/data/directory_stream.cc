#include "trainer/data/directory_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// One level more than any layout has, so that what lies too deep is seen and counted.
constexpr int kMaxDepth = 5;

Entry::Kind KindOf(const fs::directory_entry& entry) {
  std::error_code ignored;
  switch (entry.symlink_status(ignored).type()) {
    case fs::file_type::regular:
      return Entry::Kind::kFile;
    case fs::file_type::directory:
      return Entry::Kind::kFolder;
    default:
      return Entry::Kind::kOther;
  }
}

class DirectoryStream : public EntryStream {
 public:
  DirectoryStream(fs::path root, fs::recursive_directory_iterator position)
      : root_(std::move(root)), position_(std::move(position)) {}

  absl::StatusOr<std::optional<Entry>> Next() override {
    std::error_code error;
    if (started_) position_.increment(error);
    if (error) return absl::DataLossError(ErrorCodeToStatus(error, "list", root_).message());
    started_ = true;
    if (position_ == fs::recursive_directory_iterator()) return std::nullopt;
    if (position_.depth() + 1 >= kMaxDepth) position_.disable_recursion_pending();
    return Entry{position_->path().lexically_relative(root_).generic_string(), KindOf(*position_)};
  }

  absl::StatusOr<std::string> Read(size_t max_bytes) override {
    const fs::path& path = position_->path();
    // What was a file when it was listed may be a link or a pipe by now.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.valid()) return ErrnoToStatus(errno, "open", path);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0) return ErrnoToStatus(errno, "look at", path);
    if (!S_ISREG(status.st_mode)) return absl::InvalidArgumentError("it is no longer a file");
    if (static_cast<uint64_t>(status.st_size) > max_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("it has ", status.st_size, " bytes; at most ", max_bytes, " are allowed"));
    }
    std::string bytes(static_cast<size_t>(status.st_size), '\0');
    size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return absl::InvalidArgumentError(ErrnoToStatus(errno, "read", path).message());
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

 private:
  const fs::path root_;
  fs::recursive_directory_iterator position_;
  bool started_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EntryStream>> OpenDirectoryStream(const fs::path& path) {
  std::error_code error;
  fs::recursive_directory_iterator begin(path, error);
  if (error) return ErrorCodeToStatus(error, "list", path);
  return std::make_unique<DirectoryStream>(path, std::move(begin));
}

}  // namespace provnet
