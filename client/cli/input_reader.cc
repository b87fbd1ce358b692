#include "client/cli/input_reader.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/idx_images.h"
#include "client/cli/picture.h"
#include "storage/base/status_macros.h"
#include "storage/image/image.h"

namespace provnet {
namespace {

// More than a server takes; only keeps a wrong argument from filling the memory.
constexpr uintmax_t kMaxFileBytes = uintmax_t{64} << 20;

Input EncodedInput(std::string name, std::string bytes) {
  Input input{std::move(name), {}, std::nullopt};
  input.record.set_content_type(std::string(SniffImageType(bytes)));
  input.record.set_content(std::move(bytes));
  return input;
}

absl::StatusOr<Input> ReadFile(const std::string& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("can't read ", path));
  if (size > kMaxFileBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " has ", size, " bytes; expected an image of at most ", kMaxFileBytes));
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad())
    return absl::ErrnoToStatus(errno, absl::StrCat("can't read ", path));
  return EncodedInput(path, std::move(bytes));
}

absl::StatusOr<Input> ReadStream(std::istream& stream) {
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  return EncodedInput("-", std::move(bytes));
}

Input IdxInput(std::string name, const IdxImages& images, size_t i) {
  Input input{std::move(name), {}, std::nullopt};
  input.record.set_content_type(kTensorContentType);
  input.record.set_content(images.pixels[i]);
  v1::TensorSpec& spec = *input.record.mutable_tensor_spec();
  spec.set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {uint32_t{1}, images.height, images.width}) spec.add_shape(extent);
  if (!images.labels.empty()) input.true_label = images.labels[i];
  return input;
}

bool HasImageExtension(const std::filesystem::path& path) {
  const std::string extension = absl::AsciiStrToLower(path.extension().string());
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

}  // namespace

InputReader::InputReader(std::vector<InputSpec> specs, std::istream& standard_input)
    : standard_input_(standard_input), specs_(std::move(specs)) {}

std::vector<InputOrError> InputReader::Next(size_t limit) {
  std::vector<InputOrError> inputs;
  while (inputs.size() < limit) {
    if (next_pending_ < pending_.size()) {
      Pending& pending = pending_[next_pending_++];
      inputs.push_back({pending.name, pending.read()});
    } else if (next_spec_ < specs_.size()) {
      pending_.clear();
      next_pending_ = 0;
      Expand(specs_[next_spec_++]);
    } else {
      break;
    }
  }
  return inputs;
}

void InputReader::Expand(const InputSpec& spec) {
  switch (spec.kind) {
    case InputSpec::Kind::kStandardInput:
      pending_.push_back({"-", [this] { return ReadStream(standard_input_); }});
      return;
    case InputSpec::Kind::kIdx:
      ExpandIdx(spec);
      return;
    case InputSpec::Kind::kPath: {
      std::error_code error;
      if (std::filesystem::is_directory(spec.path, error)) {
        ExpandFolder(spec.path);
      } else {
        AddFile(spec.path);
      }
      return;
    }
  }
}

void InputReader::ExpandFolder(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file() && HasImageExtension(entry->path()))
      files.push_back(entry->path().string());
  }
  if (error)
    return AddError(path, absl::ErrnoToStatus(error.value(), absl::StrCat("can't list ", path)));
  if (files.empty()) {
    return AddError(path, absl::NotFoundError(
                              absl::StrCat("no .png, .jpg or .jpeg file in the folder ", path)));
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) AddFile(file);
}

void InputReader::ExpandIdx(const InputSpec& spec) {
  const std::string file = std::filesystem::path(spec.path).filename().string();
  absl::StatusOr<IdxImages> read = ReadIdxImages(spec.path, spec.first, spec.count);
  if (!read.ok()) return AddError(absl::StrCat("idx:", spec.path), read.status());
  auto images = std::make_shared<const IdxImages>(*std::move(read));
  for (size_t i = 0; i < images->pixels.size(); ++i) {
    std::string name = absl::StrCat(file, "#", images->first + i);
    pending_.push_back({name, [name, images, i] { return IdxInput(name, *images, i); }});
  }
}

void InputReader::AddFile(const std::string& path) {
  pending_.push_back({path, [path] { return ReadFile(path); }});
}

void InputReader::AddError(std::string name, absl::Status status) {
  pending_.push_back({std::move(name), [status] { return absl::StatusOr<Input>(status); }});
}

v1::ExplainRequest RequestFor(const Input& input) {
  v1::ExplainRequest request;
  if (input.record.has_tensor_spec()) {
    *request.mutable_tensor()->mutable_spec() = input.record.tensor_spec();
    request.mutable_tensor()->set_data(input.record.content());
  } else {
    request.set_encoded_image(input.record.content());
  }
  return request;
}

}  // namespace provnet
