#ifndef PROVNET_TRAINER_DATA_ENTRY_PATH_H_
#define PROVNET_TRAINER_DATA_ENTRY_PATH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// The parts of an untrusted entry's path, "./" and a trailing "/" taken off: {"train", "cat",
// "1.png"}. INVALID_ARGUMENT with a short reason, of which there are few, when the path is no plain
// relative one: absolute, with "..", empty or too long, not UTF-8, hidden (a part that starts with
// a dot).
absl::StatusOr<std::vector<std::string>> SplitEntryPath(absl::string_view path);

// Whether the name ends in .png, .jpg or .jpeg, in any case.
bool IsImageName(absl::string_view name);

// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7): the stored messages hold no other
// text.
bool IsUtf8(absl::string_view text);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_ENTRY_PATH_H_
