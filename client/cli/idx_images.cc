#include "client/cli/idx_images.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// The magic numbers: two zeros, element type unsigned byte, number of dimensions.
constexpr uint32_t kImagesMagic = 0x00000803;
constexpr uint32_t kLabelsMagic = 0x00000801;
// Larger than any real picture's side; bounds what a corrupt header can make us allocate.
constexpr uint32_t kMaxSide = 4096;

// A plain or gzipped file, read forwards.
class Reader {
 public:
  static absl::StatusOr<Reader> Open(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      return absl::NotFoundError(absl::StrCat("no such file: ", path));
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("can't open ", path));
    gzbuffer(file, 1 << 18);
    return Reader(path, file);
  }

  absl::Status Read(char* to, size_t size) {
    const int got = gzread(file_.get(), to, static_cast<unsigned>(size));
    if (got == static_cast<int>(size)) return absl::OkStatus();
    int code = Z_OK;
    const char* message = gzerror(file_.get(), &code);
    return Corrupt(code == Z_OK || code == Z_BUF_ERROR ? "the file ends early" : message);
  }

  absl::StatusOr<uint32_t> ReadBigEndian() {
    std::array<char, 4> bytes;
    PROVNET_RETURN_IF_ERROR(Read(bytes.data(), bytes.size()));
    uint32_t value = 0;
    for (char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }

  // Moves on over decompressed bytes; a file too short for it fails in the Read that follows.
  absl::Status Skip(uint64_t bytes) {
    if (gzseek(file_.get(), static_cast<z_off_t>(bytes), SEEK_CUR) < 0)
      return Corrupt("the file ends early");
    return absl::OkStatus();
  }

  absl::Status Corrupt(absl::string_view why) const {
    return absl::DataLossError(absl::StrCat(path_, ": ", why));
  }

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose_r(file); }
  };
  Reader(std::string path, gzFile file) : path_(std::move(path)), file_(file) {}

  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
};

// Reads and checks magic number and item count.
absl::StatusOr<uint32_t> ReadHeader(Reader& reader, uint32_t magic, absl::string_view what) {
  PROVNET_ASSIGN_OR_RETURN(uint32_t found, reader.ReadBigEndian());
  if (found != magic) {
    return reader.Corrupt(absl::StrCat("begins with 0x", absl::Hex(found, absl::kZeroPad8),
                                       "; expected 0x", absl::Hex(magic, absl::kZeroPad8),
                                       ", an idx file of ", what));
  }
  return reader.ReadBigEndian();
}

absl::StatusOr<std::vector<uint32_t>> ReadLabels(const std::string& path, uint32_t images,
                                                 uint64_t first, uint64_t count) {
  PROVNET_ASSIGN_OR_RETURN(Reader reader, Reader::Open(path));
  PROVNET_ASSIGN_OR_RETURN(uint32_t labels, ReadHeader(reader, kLabelsMagic, "labels"));
  if (labels != images)
    return reader.Corrupt(absl::StrCat("has ", labels, " labels for ", images, " images"));
  PROVNET_RETURN_IF_ERROR(reader.Skip(first));
  std::string bytes(count, '\0');
  PROVNET_RETURN_IF_ERROR(reader.Read(bytes.data(), bytes.size()));
  std::vector<uint32_t> values;
  for (char byte : bytes) values.push_back(static_cast<uint8_t>(byte));
  return values;
}

}  // namespace

std::vector<std::string> LabelPathsFor(const std::string& images_path) {
  const std::filesystem::path path(images_path);
  const std::string images = path.filename();
  std::string labels = absl::StrReplaceAll(images, {{"images", "labels"}, {"idx3", "idx1"}});
  if (labels == images || !absl::StrContains(labels, "idx1")) return {};
  labels = std::string(absl::StripSuffix(labels, ".gz"));
  return {path.parent_path() / labels, path.parent_path() / (labels + ".gz")};
}

absl::StatusOr<IdxImages> ReadIdxImages(const std::string& path, uint64_t first,
                                        std::optional<uint64_t> count) {
  PROVNET_ASSIGN_OR_RETURN(Reader reader, Reader::Open(path));
  PROVNET_ASSIGN_OR_RETURN(uint32_t total, ReadHeader(reader, kImagesMagic, "images"));
  IdxImages images;
  images.first = first;
  PROVNET_ASSIGN_OR_RETURN(images.height, reader.ReadBigEndian());
  PROVNET_ASSIGN_OR_RETURN(images.width, reader.ReadBigEndian());
  if (images.height - 1 >= kMaxSide || images.width - 1 >= kMaxSide) {
    return reader.Corrupt(absl::StrCat("images are ", images.height, " x ", images.width,
                                       "; expected sides of 1 .. ", kMaxSide));
  }
  if (first >= total || count.value_or(1) > total - first) {
    return absl::OutOfRangeError(absl::StrCat(path, " has ", total, " images; asked for ",
                                              count.value_or(1), " from position ", first, " on"));
  }
  const uint64_t wanted = count.value_or(total - first);
  const size_t image_bytes = size_t{images.height} * images.width;
  PROVNET_RETURN_IF_ERROR(reader.Skip(first * image_bytes));
  for (uint64_t i = 0; i < wanted; ++i) {
    std::string pixels(image_bytes, '\0');
    PROVNET_RETURN_IF_ERROR(reader.Read(pixels.data(), pixels.size()));
    images.pixels.push_back(std::move(pixels));
  }
  for (const std::string& labels : LabelPathsFor(path)) {
    std::error_code error;
    if (!std::filesystem::exists(labels, error)) continue;
    PROVNET_ASSIGN_OR_RETURN(images.labels, ReadLabels(labels, total, first, wanted));
    break;
  }
  return images;
}

}  // namespace provnet
