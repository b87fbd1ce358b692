#ifndef PROVNET_TRAINER_DATA_IMAGE_FOLDER_LAYOUT_H_
#define PROVNET_TRAINER_DATA_IMAGE_FOLDER_LAYOUT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/image/image.h"

namespace provnet {

// Files that are left out, counted by reason, each with the alphabetically first one's name.
class LeftOut {
 public:
  void Add(absl::string_view reason, absl::string_view path);
  // "3 entries ignored: 2 links or devices (first: a/b), 1 hidden (first: .git)"; empty for none.
  std::string Describe(absl::string_view what) const;

 private:
  struct Group {
    uint64_t count = 0;
    std::string first;
  };
  std::map<std::string, Group> groups_;
};

// A file that is named like an image, as its header describes it.
struct FoundImage {
  std::string path;
  std::vector<std::string> parts;
  ImageInfo info;
  // Why it can't be read; empty when its header is in order.
  std::string problem;
};

// One image of a class.
struct PlacedImage {
  std::string path;
  uint32_t class_id = 0;
  bool test = false;
  ImageInfo info;
};

struct ImageFolderLayout {
  // Sorted bytewise; the position is the class id.
  std::vector<std::string> class_names;
  // The training part first; each part sorted bytewise by path.
  std::vector<PlacedImage> images;
  // Whether the data set itself says which images are the test part.
  bool has_test_part = false;
};

// Finds class folders in what a folder or archive holds, in any order: either <class>/<image>, or
// {train,test}/<class>/<image>; one more folder around all of it is looked through. `folders` are
// the folders that are listed by themselves. Images elsewhere are added to `left_out`; those with a
// problem count for the layout but aren't placed. INVALID_ARGUMENT: no class folder, fewer than two
// classes, a class folder without (readable) images, a class without training images, one path
// twice.
absl::StatusOr<ImageFolderLayout> FindClassFolders(
    std::vector<FoundImage> files, const std::vector<std::vector<std::string>>& folders,
    LeftOut& left_out);

// Marks round(share * n) of the n images of each class, at least one and not all, as test images,
// drawn from `seed`, and moves them behind the others. INVALID_ARGUMENT names a class with a single
// image.
absl::Status HoldOutTestPart(double share, uint64_t seed, ImageFolderLayout& layout);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IMAGE_FOLDER_LAYOUT_H_
