#ifndef PROVNET_STORAGE_PROTO_JSON_H_
#define PROVNET_STORAGE_PROTO_JSON_H_

#include <google/protobuf/message.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Proto JSON with the proto's own field names, as all our files have it.

enum class UnknownFields {
  // Files that newer builds write for older ones.
  kIgnore,
  // Files that people write: a misspelt field would be silently without effect.
  kRefuse,
};

// Fills `message`. INVALID_ARGUMENT with what is wrong, for the caller to say where.
absl::Status ParseProtoJson(absl::string_view json, UnknownFields unknown,
                            google::protobuf::Message& message);

// Indented; fields at their defaults only where asked for. INVALID_ARGUMENT when a string is no
// UTF-8.
absl::StatusOr<std::string> ToProtoJson(const google::protobuf::Message& message,
                                        bool with_defaults = false);

// A file of a bundle that holds one message.
struct BundleJsonFile {
  const char* name;
  size_t max_bytes;
  // For errors, e.g. "golden answers".
  const char* what;
};

// Writes and syncs it. `checked` is what the caller found of the message: unless OK it is returned,
// as INVALID_ARGUMENT with the file's name. Other errors are those of WriteFileDurably.
absl::Status WriteBundleJson(const std::filesystem::path& bundle_directory,
                             const BundleJsonFile& file, const google::protobuf::Message& message,
                             const absl::Status& checked);

// Reads it; fields that this build does not know are passed over. DATA_LOSS with the file's name
// for what is no such message; else the errors of ReadFile.
absl::Status ReadBundleJson(const std::filesystem::path& bundle_directory,
                            const BundleJsonFile& file, google::protobuf::Message& message);

}  // namespace provnet

#endif  // PROVNET_STORAGE_PROTO_JSON_H_
