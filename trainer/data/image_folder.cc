#include "trainer/data/image_folder.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/available_cores.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/image/image.h"
#include "trainer/data/bounded_workers.h"
#include "trainer/data/dataset_checks.h"
#include "trainer/data/entry_path.h"
#include "trainer/data/entry_stream.h"
#include "trainer/data/image_folder_survey.h"

namespace provnet {
namespace {

constexpr size_t kMaxWaitingBytes = size_t{32} << 20;
constexpr size_t kNamedFiles = 3;

// The images of one part: a place for each, and what became of it.
struct Part {
  std::vector<uint8_t> pixels;
  std::vector<std::shared_ptr<const std::string>> encoded;
  std::vector<std::string> problems;
};

// Interleaved pixels to planes.
void CopyPlanes(const Image& image, uint8_t* out) {
  const size_t plane = size_t{image.width} * image.height;
  for (size_t c = 0; c < image.channels; ++c) {
    for (size_t i = 0; i < plane; ++i) *out++ = image.pixels[i * image.channels + c];
  }
}

// The second reading: every surveyed image into its place.
class Decoder {
 public:
  Decoder(const ImageFolderSurvey& survey, const ImageFolderOptions& options)
      : survey_(survey), options_(options), images_(survey.layout.images) {
    while (train_size_ < images_.size() && !images_[train_size_].test) ++train_size_;
    const size_t test_size = images_.size() - train_size_;
    for (auto& [part, size] : {std::pair{&train_, train_size_}, {&test_, test_size}}) {
      part->pixels.resize(size * image_bytes());
      part->problems.resize(size);
    }
    train_.encoded.resize(train_size_);
  }

  // With `strict`, ends soon after the first file that can't be decoded.
  absl::Status ReadAll(EntryStream& stream);

  // Hands the readable images over; call once.
  DatasetPair TakeResult(const std::string& source_name, std::vector<UnreadableFile>& unreadable);

 private:
  size_t image_bytes() const {
    return size_t{survey_.size.height} * survey_.size.width * survey_.channels;
  }
  bool InTraining(size_t place) const { return place < train_size_; }
  std::string& problem(size_t place) {
    return InTraining(place) ? train_.problems[place] : test_.problems[place - train_size_];
  }
  void Decode(size_t place, std::shared_ptr<const std::string> file);
  Dataset Take(Part part, size_t first, std::vector<UnreadableFile>& unreadable) const;

  const ImageFolderSurvey& survey_;
  const ImageFolderOptions& options_;
  const std::vector<PlacedImage>& images_;
  size_t train_size_ = 0;
  // Each place is written by one task.
  Part train_, test_;
  std::atomic<bool> failed_ = false;
};

absl::Status Decoder::ReadAll(EntryStream& stream) {
  absl::flat_hash_map<absl::string_view, size_t> places;
  for (size_t place = 0; place < images_.size(); ++place) places[images_[place].path] = place;
  // In the stream's order, to find the first failure.
  std::vector<size_t> submitted;
  {
    BoundedWorkers workers(options_.threads > 0 ? options_.threads : AvailableCores(),
                           kMaxWaitingBytes);
    while (submitted.size() < images_.size() && !(options_.strict && failed_)) {
      PROVNET_ASSIGN_OR_RETURN(const std::optional<Entry> entry, stream.Next());
      if (!entry.has_value()) {
        return absl::DataLossError("changed while it was read: an image is no longer there");
      }
      const auto parts = SplitEntryPath(entry->path);
      if (!parts.ok() || entry->kind != Entry::Kind::kFile) continue;
      const auto found = places.find(absl::StrJoin(*parts, "/"));
      if (found == places.end()) continue;
      const size_t place = found->second;
      places.erase(found);
      submitted.push_back(place);
      absl::StatusOr<std::string> bytes = stream.Read(options_.max_file_bytes);
      if (absl::IsDataLoss(bytes.status())) return bytes.status();
      if (!bytes.ok()) {
        problem(place) = std::string(bytes.status().message());
        failed_ = true;
        continue;
      }
      auto file = std::make_shared<const std::string>(*std::move(bytes));
      const size_t size = file->size();
      workers.Submit(size, [this, place, file = std::move(file)] { Decode(place, file); });
    }
  }
  if (!options_.strict || !failed_) return absl::OkStatus();
  const auto first = std::find_if(submitted.begin(), submitted.end(),
                                  [&](size_t place) { return !problem(place).empty(); });
  return absl::InvalidArgumentError(
      absl::StrCat(absl::Utf8SafeCEscape(images_[*first].path), ": ", problem(*first)));
}

void Decoder::Decode(size_t place, std::shared_ptr<const std::string> file) {
  absl::StatusOr<Image> image = DecodeImage(*file, survey_.channels, LimitsOf(options_));
  // It may have changed since its header was read.
  if (image.ok() && !options_.size.has_value() &&
      (image->height != survey_.size.height || image->width != survey_.size.width)) {
    image = absl::InvalidArgumentError("its size changed while it was read");
  }
  if (!image.ok()) {
    problem(place) = std::string(image.status().message());
    failed_ = true;
    return;
  }
  Part& part = InTraining(place) ? train_ : test_;
  const size_t at = InTraining(place) ? place : place - train_size_;
  CopyPlanes(Resize(*std::move(image), survey_.size.width, survey_.size.height),
             part.pixels.data() + at * image_bytes());
  if (InTraining(place)) part.encoded[at] = std::move(file);
}

Dataset Decoder::Take(Part part, size_t first, std::vector<UnreadableFile>& unreadable) const {
  Dataset data{.channels = survey_.channels,
               .height = survey_.size.height,
               .width = survey_.size.width,
               .pixels = {},
               .labels = {},
               .class_names = survey_.layout.class_names,
               .source_name = {},
               .source_positions = {}};
  for (size_t i = 0; i < part.problems.size(); ++i) {
    const PlacedImage& image = images_[first + i];
    if (!part.problems[i].empty()) {
      unreadable.push_back({image.path, std::move(part.problems[i])});
      continue;
    }
    const size_t kept = data.size();
    if (kept != i) {
      std::copy_n(part.pixels.begin() + static_cast<ptrdiff_t>(i * image_bytes()), image_bytes(),
                  part.pixels.begin() + static_cast<ptrdiff_t>(kept * image_bytes()));
    }
    data.labels.push_back(image.class_id);
    data.source_positions.push_back(i);
    data.source_names.push_back(image.path);
    if (!part.encoded.empty()) data.encoded.push_back(std::move(part.encoded[i]));
  }
  part.pixels.resize(data.size() * image_bytes());
  data.pixels = std::move(part.pixels);
  return data;
}

DatasetPair Decoder::TakeResult(const std::string& source_name,
                                std::vector<UnreadableFile>& unreadable) {
  DatasetPair data;
  data.train = Take(std::move(train_), 0, unreadable);
  data.test = Take(std::move(test_), train_size_, unreadable);
  data.train.source_name = data.test.source_name = source_name;
  return data;
}

std::string DescribeUnreadable(std::vector<UnreadableFile> files) {
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  std::vector<std::string> named;
  for (const UnreadableFile& file : files) {
    if (named.size() == kNamedFiles) {
      named.push_back("...");
      break;
    }
    named.push_back(absl::StrCat(absl::Utf8SafeCEscape(file.path), " (", file.reason, ")"));
  }
  return absl::StrCat(files.size(),
                      " file(s) that can't be read are skipped (--strict refuses them): ",
                      absl::StrJoin(named, ", "));
}

absl::StatusOr<DatasetPair> Read(const std::filesystem::path& path, uint64_t seed,
                                 const ImageFolderOptions& options) {
  PROVNET_ASSIGN_OR_RETURN(const auto first_reading, OpenEntryStream(path));
  PROVNET_ASSIGN_OR_RETURN(ImageFolderSurvey survey,
                           SurveyImageFolder(*first_reading, options, seed));
  PROVNET_ASSIGN_OR_RETURN(const auto second_reading, OpenEntryStream(path));
  Decoder decoder(survey, options);
  PROVNET_RETURN_IF_ERROR(decoder.ReadAll(*second_reading));
  const auto name = path.has_filename() ? path.filename() : path.parent_path().filename();
  DatasetPair data = decoder.TakeResult(name.string(), survey.unreadable);
  if (!survey.unreadable.empty()) data.train.notes.push_back(DescribeUnreadable(survey.unreadable));
  const std::string ignored = survey.left_out.Describe("entries are ignored");
  if (!ignored.empty()) data.train.notes.push_back(ignored);
  if (survey.layout.has_test_part && options.test_share != ImageFolderOptions().test_share) {
    data.train.notes.push_back("--test-share has no effect: the data set has a test part");
  }
  PROVNET_RETURN_IF_ERROR(ValidateDataset(data));
  return data;
}

}  // namespace

absl::StatusOr<DatasetPair> ReadImageFolder(const std::filesystem::path& path, uint64_t seed,
                                            const ImageFolderOptions& options) {
  PROVNET_RETURN_IF_ERROR(ValidateImageFolderOptions(options));
  absl::StatusOr<DatasetPair> data = Read(path, seed, options);
  if (data.ok()) return data;
  const absl::Status& status = data.status();
  // Those about opening and reading the stream name it already.
  if (absl::StrContains(status.message(), path.string())) return status;
  return WithPrefix(path.string(), status);
}

}  // namespace provnet
