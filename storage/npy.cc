#include "storage/npy.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "storage/base/background_pace.h"
#include "storage/base/status_macros.h"
#include "storage/npy_header.h"

namespace provnet {
namespace {

static_assert(std::endian::native == std::endian::little,
              "elements are written as they lie in memory");

constexpr size_t kReadBlockBytes = size_t{4} << 20;

template <typename T>
constexpr char kDescr[] = "";
template <>
constexpr char kDescr<float>[] = "<f4";
template <>
constexpr char kDescr<uint32_t>[] = "<u4";

// Nothing when the product of the extents, in bytes, does not fit.
std::optional<uint64_t> CountElements(absl::Span<const uint64_t> shape) {
  constexpr uint64_t kMaxElements = std::numeric_limits<int64_t>::max() / sizeof(double);
  uint64_t count = 1;
  for (const uint64_t extent : shape) {
    if (extent != 0 && count > kMaxElements / extent) return std::nullopt;
    count *= extent;
  }
  return count;
}

std::string ShapeText(absl::Span<const uint64_t> shape) {
  return absl::StrCat("(", absl::StrJoin(shape, ", "), ")");
}

absl::Status ReadExactly(const FileDescriptor& file, const std::filesystem::path& path, char* out,
                         size_t size) {
  while (size > 0) {
    const ssize_t count = ::read(file.get(), out, std::min(size, kReadBlockBytes));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoToStatus(errno, "read", path);
    if (count == 0) {
      return absl::DataLossError(
          absl::StrCat(path.string(), ": truncated, ", size, " more bytes were expected"));
    }
    out += count;
    size -= static_cast<size_t>(count);
    YieldToForeground();
  }
  return absl::OkStatus();
}

absl::Status DataLossAt(const std::filesystem::path& path, const absl::Status& status) {
  return absl::DataLossError(absl::StrCat(path.string(), ": ", status.message()));
}

// Reads up to the first element. Sets `header_bytes` to the elements' offset.
absl::StatusOr<NpyHeader> ReadHeader(const FileDescriptor& file, const std::filesystem::path& path,
                                     uint64_t& header_bytes) {
  char preamble[kNpyPreambleBytes];
  PROVNET_RETURN_IF_ERROR(ReadExactly(file, path, preamble, sizeof(preamble)));
  const absl::StatusOr<size_t> length =
      ParseNpyPreamble(absl::string_view(preamble, sizeof(preamble)));
  if (!length.ok()) return DataLossAt(path, length.status());
  std::string dictionary(*length, '\0');
  PROVNET_RETURN_IF_ERROR(ReadExactly(file, path, dictionary.data(), dictionary.size()));
  absl::StatusOr<NpyHeader> header = ParseNpyDictionary(dictionary);
  if (!header.ok()) return DataLossAt(path, header.status());
  header_bytes = kNpyPreambleBytes + *length;
  return header;
}

}  // namespace

template <typename T>
absl::Status WriteNpy(const std::filesystem::path& path, absl::Span<const uint64_t> shape,
                      absl::Span<const T> values) {
  if (CountElements(shape) != uint64_t{values.size()}) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), ": shape ", ShapeText(shape),
                                                   " does not hold ", values.size(), " values"));
  }
  PROVNET_ASSIGN_OR_RETURN(DurableFileWriter writer, DurableFileWriter::Create(path));
  PROVNET_RETURN_IF_ERROR(writer.Append(EncodeNpyHeader(kDescr<T>, shape)));
  PROVNET_RETURN_IF_ERROR(writer.Append(
      absl::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T))));
  return writer.Close();
}

template <typename T>
absl::StatusOr<NpyReader<T>> NpyReader<T>::Open(std::filesystem::path path) {
  PROVNET_ASSIGN_OR_RETURN(FileDescriptor file, OpenForReading(path));
  uint64_t header_bytes = 0;
  PROVNET_ASSIGN_OR_RETURN(NpyHeader header, ReadHeader(file, path, header_bytes));
  if (header.descr != kDescr<T> || header.fortran_order) {
    return absl::DataLossError(absl::StrCat(path.string(), ": element type ", header.descr,
                                            header.fortran_order ? ", Fortran" : ", C",
                                            " order; expected ", kDescr<T>, ", C order"));
  }
  // The size is checked before anything is allocated, so a forged shape costs no memory.
  std::error_code error;
  const uint64_t file_bytes = std::filesystem::file_size(path, error);
  if (error) return ErrorCodeToStatus(error, "read", path);
  const std::optional<uint64_t> count = CountElements(header.shape);
  if (!count.has_value() || file_bytes != header_bytes + *count * sizeof(T)) {
    return absl::DataLossError(absl::StrCat(path.string(), ": shape ", ShapeText(header.shape),
                                            " contradicts the file's size of ", file_bytes,
                                            " bytes"));
  }
  NpyReader reader(std::move(path), std::move(file));
  reader.shape_ = std::move(header.shape);
  reader.size_ = *count;
  return reader;
}

template <typename T>
absl::Status NpyReader<T>::Read(absl::Span<T> values) {
  if (values.size() != size_) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_.string(), ": ", size_, " elements do not fit in memory for ", values.size()));
  }
  return ReadExactly(file_, path_, reinterpret_cast<char*>(values.data()),
                     values.size() * sizeof(T));
}

template <typename T>
absl::StatusOr<NpyArray<T>> ReadNpy(const std::filesystem::path& path) {
  PROVNET_ASSIGN_OR_RETURN(NpyReader<T> reader, NpyReader<T>::Open(path));
  NpyArray<T> array{reader.shape(), std::vector<T>(reader.size())};
  PROVNET_RETURN_IF_ERROR(reader.Read(absl::MakeSpan(array.values)));
  return array;
}

template class NpyReader<float>;
template class NpyReader<uint32_t>;
template absl::Status WriteNpy<float>(const std::filesystem::path&, absl::Span<const uint64_t>,
                                      absl::Span<const float>);
template absl::Status WriteNpy<uint32_t>(const std::filesystem::path&, absl::Span<const uint64_t>,
                                         absl::Span<const uint32_t>);
template absl::StatusOr<NpyArray<float>> ReadNpy<float>(const std::filesystem::path&);
template absl::StatusOr<NpyArray<uint32_t>> ReadNpy<uint32_t>(const std::filesystem::path&);

}  // namespace provnet
