#ifndef PROVNET_STORAGE_GOLDEN_ANSWERS_H_
#define PROVNET_STORAGE_GOLDEN_ANSWERS_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/golden.pb.h"

namespace provnet {

// Writes and syncs golden.json in `bundle_directory`: indented proto JSON with the proto's own
// field names. INVALID_ARGUMENT for answers that ReadGoldenAnswers would refuse.
absl::Status WriteGoldenAnswers(const std::filesystem::path& bundle_directory,
                                const v1::GoldenAnswers& golden);

// Reads it. NOT_FOUND when the bundle has none. DATA_LOSS naming the file and what is wrong: no
// such message in JSON, no answer, an answer without exemplar, a number that is not finite or out
// of its range. Unknown fields are passed over.
absl::StatusOr<v1::GoldenAnswers> ReadGoldenAnswers(const std::filesystem::path& bundle_directory);

}  // namespace provnet

#endif  // PROVNET_STORAGE_GOLDEN_ANSWERS_H_
