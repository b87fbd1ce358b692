#ifndef PROVNET_TRAINER_DATA_IMAGE_FOLDER_H_
#define PROVNET_TRAINER_DATA_IMAGE_FOLDER_H_

#include <cstdint>
#include <filesystem>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/data/image_folder_options.h"

namespace provnet {

// Reads PNG and JPEG files in class folders, from a folder or a tar archive (see OpenEntryStream
// for the kinds, FindClassFolders for the layouts). Classes are the folders' names, sorted; samples
// are sorted by path; a test part is held out of each class by `seed` where there is none. So the
// result is the same whatever the order in the archive and the number of threads. source_id is the
// path inside; the training part keeps each file's bytes (Dataset::encoded).
//
// Reads the stream twice, first for names and headers, so that every image is then decoded into its
// final place by threads behind a bounded queue: beyond the pixels and the training files
// themselves, memory is bounded, whatever the archive's size. Nothing is extracted. Links, devices,
// and names that leave the folder are ignored, with a note; so are images outside the class
// folders. A file that can't be decoded is skipped with a note, or fails the reading with
// `options.strict`.
//
// Errors name `path`: those of OpenEntryStream and SurveyImageFolder; INVALID_ARGUMENT when no
// image of a class can be read; DATA_LOSS when an archive is damaged, or changes while it is read.
absl::StatusOr<DatasetPair> ReadImageFolder(const std::filesystem::path& path, uint64_t seed,
                                            const ImageFolderOptions& options = {});

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IMAGE_FOLDER_H_
