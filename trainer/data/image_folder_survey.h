#ifndef PROVNET_TRAINER_DATA_IMAGE_FOLDER_SURVEY_H_
#define PROVNET_TRAINER_DATA_IMAGE_FOLDER_SURVEY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/entry_stream.h"
#include "trainer/data/image_folder_layout.h"
#include "trainer/data/image_folder_options.h"

namespace provnet {

// A file that can't be read, and why.
struct UnreadableFile {
  std::string path;
  std::string reason;
};

// What a folder or archive holds, before any pixel is decoded.
struct ImageFolderSurvey {
  // With its test part: its own, or one held out.
  ImageFolderLayout layout;
  // What the pixels of every image will be.
  ImageSize size;
  uint32_t channels = 0;
  std::vector<UnreadableFile> unreadable;
  LeftOut left_out;
};

// The bounds of `options` as the codec takes them.
ImageLimits LimitsOf(const ImageFolderOptions& options);

// Reads all of `stream` once, and of every image its header. INVALID_ARGUMENT: FindClassFolders's
// and HoldOutTestPart's reasons; images of different sizes or modes, naming the first two, where
// `options` don't say what to make of them; more pixels than allowed; with `strict`, a file that
// can't be read.
absl::StatusOr<ImageFolderSurvey> SurveyImageFolder(EntryStream& stream,
                                                    const ImageFolderOptions& options,
                                                    uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IMAGE_FOLDER_SURVEY_H_
