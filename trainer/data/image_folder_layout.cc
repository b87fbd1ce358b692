#include "trainer/data/image_folder_layout.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

using Parts = std::vector<std::string>;

constexpr char kExpected[] =
    "expected class folders with PNG or JPEG files: CLASS/*.png, or train/CLASS/*.png and "
    "test/CLASS/*.png";
constexpr uint64_t kHeldOutStream = 0x4e1d;

std::string Quoted(absl::string_view name) {
  return absl::StrCat("\"", absl::Utf8SafeCEscape(name), "\"");
}

bool IsPartName(absl::string_view name) { return name == "train" || name == "test"; }

// Which layout the files follow, how many folders lie around it, and where class names stand.
struct Shape {
  bool has_test_part = false;
  size_t wrapping = 0;

  size_t class_at() const { return wrapping + (has_test_part ? 1 : 0); }
  // Whether the folder or file with these parts lies where classes do.
  bool HasClass(const Parts& parts) const {
    return parts.size() > class_at() && (!has_test_part || IsPartName(parts[wrapping]));
  }
  bool IsImage(const Parts& parts) const {
    return parts.size() == class_at() + 2 && HasClass(parts);
  }
  bool IsClassFolder(const Parts& parts) const {
    return parts.size() == class_at() + 1 && HasClass(parts);
  }
  bool IsTest(const Parts& parts) const { return has_test_part && parts[wrapping] == "test"; }
};

bool AllShareTheFirstFolder(const std::vector<FoundImage>& files) {
  return std::all_of(files.begin(), files.end(), [&](const FoundImage& file) {
    return file.parts.size() >= 3 && file.parts[0] == files[0].parts[0];
  });
}

absl::StatusOr<Shape> FindShape(const std::vector<FoundImage>& files) {
  if (files.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("has no image files; ", kExpected));
  }
  for (const size_t wrapping : {size_t{0}, size_t{1}}) {
    bool train = false, test = false, plain = false;
    for (const FoundImage& file : files) {
      const Parts& parts = file.parts;
      if (parts.size() == wrapping + 2) plain = true;
      if (parts.size() != wrapping + 3) continue;
      train |= parts[wrapping] == "train";
      test |= parts[wrapping] == "test";
    }
    if (train && test) return Shape{true, wrapping};
    if (plain) return Shape{false, wrapping};
    if (train || test) {
      return absl::InvalidArgumentError(
          absl::StrCat("has ", train ? "train/" : "test/", " with class folders, but no ",
                       train ? "test/" : "train/", " with any; ", kExpected));
    }
    if (!AllShareTheFirstFolder(files)) break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("has ", files.size(), " image files, but none in a class folder; ", kExpected));
}

absl::Status CheckForDuplicates(const std::vector<FoundImage>& sorted) {
  const auto twice = std::adjacent_find(
      sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.path == b.path; });
  if (twice == sorted.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("holds ", Quoted(twice->path), " twice"));
}

// What is known about one class folder ("train/cat" and "test/cat" are two).
struct ClassFolder {
  uint64_t files = 0;
  uint64_t readable = 0;
};
using ClassFolders = std::map<Parts, ClassFolder>;

absl::Status CheckClassFolders(const ClassFolders& folders) {
  for (const auto& [parts, folder] : folders) {
    const std::string name = Quoted(absl::StrJoin(parts, "/"));
    if (folder.files == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("class folder ", name, " has no images: add some or remove it"));
    }
    if (folder.readable == 0) {
      return absl::InvalidArgumentError(absl::StrCat("class folder ", name, ": none of its ",
                                                     folder.files, " images can be read"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> NameClasses(const Shape& shape,
                                                     const ClassFolders& folders) {
  std::set<std::string> all, trained;
  for (const auto& [parts, unused] : folders) {
    all.insert(parts.back());
    if (!shape.IsTest(parts)) trained.insert(parts.back());
  }
  for (const std::string& name : all) {
    if (trained.count(name) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("class ", Quoted(name), " has test images, but no folder below train/"));
    }
  }
  if (all.size() < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("has one class, ", Quoted(*all.begin()), "; expected at least two"));
  }
  return std::vector<std::string>(all.begin(), all.end());
}

bool ByPartThenPath(const PlacedImage& a, const PlacedImage& b) {
  return std::pair<bool, const std::string&>(a.test, a.path) <
         std::pair<bool, const std::string&>(b.test, b.path);
}

}  // namespace

void LeftOut::Add(absl::string_view reason, absl::string_view path) {
  Group& group = groups_[std::string(reason)];
  if (group.count++ == 0 || path < group.first) group.first = std::string(path);
}

std::string LeftOut::Describe(absl::string_view what) const {
  uint64_t total = 0;
  std::vector<std::string> reasons;
  for (const auto& [reason, group] : groups_) {
    total += group.count;
    reasons.push_back(absl::StrCat(group.count, " ", reason,
                                   " (first: ", absl::Utf8SafeCEscape(group.first), ")"));
  }
  return total == 0 ? "" : absl::StrCat(total, " ", what, ": ", absl::StrJoin(reasons, ", "));
}

absl::StatusOr<ImageFolderLayout> FindClassFolders(std::vector<FoundImage> files,
                                                   const std::vector<Parts>& folders,
                                                   LeftOut& left_out) {
  std::sort(files.begin(), files.end(),
            [](const FoundImage& a, const FoundImage& b) { return a.path < b.path; });
  PROVNET_ASSIGN_OR_RETURN(const Shape shape, FindShape(files));
  PROVNET_RETURN_IF_ERROR(CheckForDuplicates(files));
  ClassFolders class_folders;
  for (const Parts& parts : folders) {
    if (shape.IsClassFolder(parts)) class_folders[parts];
  }
  for (const FoundImage& file : files) {
    if (!shape.IsImage(file.parts)) {
      left_out.Add("outside the class folders", file.path);
      continue;
    }
    ClassFolder& folder = class_folders[Parts(file.parts.begin(), file.parts.end() - 1)];
    ++folder.files;
    folder.readable += file.problem.empty();
  }
  PROVNET_RETURN_IF_ERROR(CheckClassFolders(class_folders));
  ImageFolderLayout layout;
  layout.has_test_part = shape.has_test_part;
  PROVNET_ASSIGN_OR_RETURN(layout.class_names, NameClasses(shape, class_folders));
  for (FoundImage& file : files) {
    if (!shape.IsImage(file.parts) || !file.problem.empty()) continue;
    const auto name = std::lower_bound(layout.class_names.begin(), layout.class_names.end(),
                                       file.parts[shape.class_at()]);
    layout.images.push_back({std::move(file.path),
                             static_cast<uint32_t>(name - layout.class_names.begin()),
                             shape.IsTest(file.parts), file.info});
  }
  std::sort(layout.images.begin(), layout.images.end(), ByPartThenPath);
  return layout;
}

absl::Status HoldOutTestPart(double share, uint64_t seed, ImageFolderLayout& layout) {
  std::vector<std::vector<PlacedImage*>> classes(layout.class_names.size());
  for (PlacedImage& image : layout.images) classes[image.class_id].push_back(&image);
  for (size_t id = 0; id < classes.size(); ++id) {
    std::vector<PlacedImage*>& images = classes[id];
    if (images.size() < 2) {
      return absl::InvalidArgumentError(absl::StrCat(
          "class ", Quoted(layout.class_names[id]), " has ", images.size(),
          " readable image; at least two are needed to hold one out for testing: add some, or "
          "name the test part yourself with train/CLASS and test/CLASS folders"));
    }
    const auto held_out = static_cast<size_t>(
        std::clamp<int64_t>(std::llround(share * static_cast<double>(images.size())), 1,
                            static_cast<int64_t>(images.size()) - 1));
    Rng(MixSeed(MixSeed(seed, kHeldOutStream), id)).Shuffle(images);
    for (size_t i = 0; i < held_out; ++i) images[i]->test = true;
  }
  std::sort(layout.images.begin(), layout.images.end(), ByPartThenPath);
  return absl::OkStatus();
}

}  // namespace provnet
