#include "trainer/data/image_folder_survey.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "trainer/data/entry_path.h"

namespace provnet {
namespace {

// Beyond any index head's reach; bounds what a hostile archive can make us remember.
constexpr size_t kMaxEntries = 10'000'000;

// The entries of a stream, as far as they matter.
struct Listing {
  std::vector<FoundImage> images;
  std::vector<std::vector<std::string>> folders;
};

absl::Status ReadHeader(EntryStream& stream, const ImageFolderOptions& options, FoundImage& image) {
  const absl::StatusOr<std::string> bytes = stream.Read(options.max_file_bytes);
  if (absl::IsDataLoss(bytes.status())) return bytes.status();
  const absl::StatusOr<ImageInfo> info =
      bytes.ok() ? ReadImageInfo(*bytes, LimitsOf(options)) : bytes.status();
  if (info.ok()) image.info = *info;
  image.problem = std::string(info.status().message());
  return absl::OkStatus();
}

absl::StatusOr<Listing> List(EntryStream& stream, const ImageFolderOptions& options,
                             LeftOut& left_out) {
  Listing listing;
  while (true) {
    PROVNET_ASSIGN_OR_RETURN(const std::optional<Entry> entry, stream.Next());
    if (!entry.has_value()) return listing;
    if (listing.images.size() + listing.folders.size() >= kMaxEntries) {
      return absl::InvalidArgumentError(
          absl::StrCat("holds more than ", kMaxEntries, " images and folders"));
    }
    absl::StatusOr<std::vector<std::string>> parts = SplitEntryPath(entry->path);
    if (!parts.ok()) {
      left_out.Add(absl::string_view(parts.status().message()), entry->path);
    } else if (entry->kind == Entry::Kind::kOther) {
      left_out.Add("links or devices", entry->path);
    } else if (entry->kind == Entry::Kind::kFolder) {
      listing.folders.push_back(*std::move(parts));
    } else if (parts->empty() || !IsImageName(parts->back())) {
      left_out.Add("not named like a PNG or JPEG", entry->path);
    } else {
      FoundImage image{absl::StrJoin(*parts, "/"), *parts, {}, ""};
      PROVNET_RETURN_IF_ERROR(ReadHeader(stream, options, image));
      if (options.strict && !image.problem.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat(absl::Utf8SafeCEscape(image.path), ": ", image.problem));
      }
      listing.images.push_back(std::move(image));
    }
  }
}

ImageSize SizeOf(const ImageInfo& info) { return {info.height, info.width}; }

std::string Describe(const PlacedImage& image) {
  return absl::StrCat(absl::Utf8SafeCEscape(image.path), " is ",
                      FormatImageSize(SizeOf(image.info)),
                      image.info.channels == 1 ? " grey" : " rgb");
}

absl::Status Mixed(const char* what, const PlacedImage& first, const PlacedImage& other,
                   const std::string& advice) {
  return absl::InvalidArgumentError(absl::StrCat("the images differ in ", what,
                                                 " (height x width): ", Describe(first), ", but ",
                                                 Describe(other), "; ", advice));
}

// Settles `survey.size` and `survey.channels`.
absl::Status SettleShape(const ImageFolderOptions& options, ImageFolderSurvey& survey) {
  const std::vector<PlacedImage>& images = survey.layout.images;
  const PlacedImage& first = images.front();
  const auto differing = [&](auto same) {
    return std::find_if(images.begin(), images.end(),
                        [&](const PlacedImage& image) { return !same(image.info, first.info); });
  };
  survey.size = options.size.value_or(SizeOf(first.info));
  if (!options.size.has_value()) {
    const auto other = differing([](auto& a, auto& b) { return SizeOf(a) == SizeOf(b); });
    if (other != images.end()) {
      return Mixed("size", first, *other,
                   absl::StrCat("--image-size=", FormatImageSize(survey.size), " resizes all"));
    }
  }
  survey.channels = options.mode == ImageMode::kGrey  ? 1
                    : options.mode == ImageMode::kRgb ? 3
                                                      : first.info.channels;
  if (options.mode != ImageMode::kAsStored) return absl::OkStatus();
  const auto other = differing([](auto& a, auto& b) { return a.channels == b.channels; });
  if (other == images.end()) return absl::OkStatus();
  return Mixed("mode", first, *other, "--image-mode=rgb or --image-mode=grey converts all");
}

absl::Status CheckExtent(const ImageFolderOptions& options, const ImageFolderSurvey& survey) {
  const ImageSize& size = survey.size;
  if (std::min(size.height, size.width) < kMinImageSide ||
      std::max(size.height, size.width) > kMaxImageSide) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the images are ", FormatImageSize(size), " (height x width); a network takes ",
        kMinImageSide, " to ", kMaxImageSide, " on a side: resize with --image-size"));
  }
  // Sides of at most 1024 and at most 10^7 images: fits.
  const uint64_t bytes =
      uint64_t{size.height} * size.width * survey.channels * survey.layout.images.size();
  if (bytes <= options.max_decoded_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(survey.layout.images.size(), " images of ", FormatImageSize(size), " with ",
                   survey.channels, " channel(s) take ", bytes, " bytes decoded; at most ",
                   options.max_decoded_bytes, " are allowed: use a smaller --image-size"));
}

}  // namespace

ImageLimits LimitsOf(const ImageFolderOptions& options) {
  return {.max_bytes = options.max_file_bytes, .max_pixels = options.max_pixels};
}

absl::StatusOr<ImageFolderSurvey> SurveyImageFolder(EntryStream& stream,
                                                    const ImageFolderOptions& options,
                                                    uint64_t seed) {
  ImageFolderSurvey survey;
  PROVNET_ASSIGN_OR_RETURN(Listing listing, List(stream, options, survey.left_out));
  for (const FoundImage& image : listing.images) {
    if (!image.problem.empty()) survey.unreadable.push_back({image.path, image.problem});
  }
  PROVNET_ASSIGN_OR_RETURN(
      survey.layout, FindClassFolders(std::move(listing.images), listing.folders, survey.left_out));
  if (!survey.layout.has_test_part) {
    PROVNET_RETURN_IF_ERROR(HoldOutTestPart(options.test_share, seed, survey.layout));
  }
  PROVNET_RETURN_IF_ERROR(SettleShape(options, survey));
  PROVNET_RETURN_IF_ERROR(CheckExtent(options, survey));
  return survey;
}

}  // namespace provnet
