#include "storage/proto_json.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::Status ParseProtoJson(absl::string_view json, UnknownFields unknown,
                            google::protobuf::Message& message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = unknown == UnknownFields::kIgnore;
  const auto status =
      google::protobuf::util::JsonStringToMessage(std::string(json), &message, options);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(status.message()));
}

absl::StatusOr<std::string> ToProtoJson(const google::protobuf::Message& message,
                                        bool with_defaults) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = with_defaults;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::InvalidArgumentError(std::string(status.message()));
  return json;
}

absl::Status WriteBundleJson(const std::filesystem::path& bundle_directory,
                             const BundleJsonFile& file, const google::protobuf::Message& message,
                             const absl::Status& checked) {
  if (!checked.ok())
    return absl::InvalidArgumentError(absl::StrCat(file.name, ": ", checked.message()));
  const absl::StatusOr<std::string> json = ToProtoJson(message);
  if (!json.ok())
    return absl::InvalidArgumentError(absl::StrCat(file.name, ": ", json.status().message()));
  return WriteFileDurably(bundle_directory / file.name, *json);
}

absl::Status ReadBundleJson(const std::filesystem::path& bundle_directory,
                            const BundleJsonFile& file, google::protobuf::Message& message) {
  PROVNET_ASSIGN_OR_RETURN(const std::string json,
                           ReadFile(bundle_directory / file.name, file.max_bytes));
  const absl::Status parsed = ParseProtoJson(json, UnknownFields::kIgnore, message);
  if (parsed.ok()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(file.name, ": no ", file.what, " in JSON: ", parsed.message()));
}

}  // namespace provnet
