#ifndef PROVNET_CLIENT_CLI_INPUT_SPEC_H_
#define PROVNET_CLIENT_CLI_INPUT_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// What one IMAGE argument means, as far as its text tells.
struct InputSpec {
  enum class Kind {
    // A PNG or JPEG file, or a folder of them.
    kPath,
    // "-": an image on standard input.
    kStandardInput,
    // "idx:FILE[#FIRST[:COUNT]]": images of a file in MNIST's format, gzipped or not.
    kIdx,
  };

  Kind kind = Kind::kPath;
  // Of the file or folder; empty for standard input.
  std::string path;
  // kIdx: position of the first image, from 0, and how many; no count: all that follow. "#FIRST"
  // alone is one image.
  uint64_t first = 0;
  std::optional<uint64_t> count;
};

// INVALID_ARGUMENT shows the argument and the form that was expected.
absl::StatusOr<InputSpec> ParseInputSpec(absl::string_view argument);

// All of a command's IMAGE arguments; the first bad one is a usage error (UsageError).
absl::StatusOr<std::vector<InputSpec>> ParseInputSpecs(const std::vector<std::string>& arguments);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_INPUT_SPEC_H_
