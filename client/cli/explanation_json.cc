#include "client/cli/explanation_json.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

namespace provnet {

std::string ProtoJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  // The same fields in every answer. (Renamed in newer protobufs, with the enum's numbers as
  // default unchanged.)
#if GOOGLE_PROTOBUF_VERSION >= 5026000
  options.always_print_fields_with_no_presence = true;
#else
  options.always_print_primitive_fields = true;
#endif
  std::string json;
  // Fails for malformed Any and Timestamp values only; what was printed until then would not parse.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "null";
  return json;
}

namespace {

// The zeros that stand for labels that the caller's role does not show.
void LeaveOutLabels(nlohmann::ordered_json& response) {
  response.erase("label_agreement");
  for (nlohmann::ordered_json& exemplar : response["provenance"]) {
    exemplar.erase("label");
    exemplar.erase("label_name");
  }
}

}  // namespace

std::string ExplanationJson(const Explanation& explanation, bool contents) {
  nlohmann::ordered_json json = {{"input", explanation.name}};
  if (explanation.true_label().has_value()) json["true_label"] = *explanation.true_label();
  if (explanation.response.ok()) {
    v1::ExplainResponse response = *explanation.response;
    if (!contents) {
      for (v1::Exemplar& exemplar : *response.mutable_provenance()) {
        if (exemplar.has_sample()) exemplar.mutable_sample()->clear_content();
      }
    }
    json["response"] = nlohmann::ordered_json::parse(ProtoJson(response));
    if (!explanation.shows_labels()) LeaveOutLabels(json["response"]);
  } else {
    const absl::Status& status = explanation.response.status();
    json["error"] = {{"code", absl::StatusCodeToString(status.code())},
                     {"message", std::string(status.message())}};
  }
  // Names come from file systems and may be no valid UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace provnet
