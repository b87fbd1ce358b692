#include "server/service/redaction.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/service/grpc_status.h"

namespace provnet {
namespace {

absl::string_view LevelName(v1::Disclosure disclosure) {
  return disclosure == v1::DISCLOSURE_LABELS ? "indices and labels" : "indices";
}

void RedactExemplar(v1::Disclosure disclosure, bool contents_wanted, v1::Exemplar& exemplar) {
  if (disclosure < v1::DISCLOSURE_LABELS) {
    exemplar.clear_label();
    exemplar.clear_label_name();
  }
  exemplar.clear_sample();
  exemplar.clear_error();
  if (!contents_wanted) return;
  *exemplar.mutable_error() = ToRequestError(absl::PermissionDeniedError(
      absl::StrCat("your role shows ", LevelName(disclosure), " of training samples only")));
}

}  // namespace

void Redact(v1::Disclosure disclosure, bool contents_wanted, v1::ExplainResponse& response) {
  if (disclosure >= v1::DISCLOSURE_CONTENT) return;
  response.set_disclosure(disclosure);
  // Of one exemplar it is the label, to who knows the predicted class.
  if (disclosure < v1::DISCLOSURE_LABELS) response.clear_label_agreement();
  for (v1::Exemplar& exemplar : *response.mutable_provenance())
    RedactExemplar(disclosure, contents_wanted, exemplar);
}

void Redact(v1::Disclosure disclosure, bool contents_wanted,
            v1::CheckMembershipResponse& response) {
  if (disclosure >= v1::DISCLOSURE_CONTENT) return;
  response.set_disclosure(disclosure);
  if (response.has_reference()) response.mutable_reference()->clear_source();
  if (response.has_nearest())
    RedactExemplar(disclosure, contents_wanted, *response.mutable_nearest());
}

void Redact(v1::Disclosure disclosure, v1::GetExemplarsResponse& response) {
  if (disclosure >= v1::DISCLOSURE_CONTENT) return;
  response.set_disclosure(disclosure);
  for (v1::StoredSample& stored : *response.mutable_samples()) {
    const uint32_t label = stored.sample().label();
    stored.clear_sample();
    if (disclosure >= v1::DISCLOSURE_LABELS) stored.mutable_sample()->set_label(label);
  }
}

void Redact(v1::Disclosure disclosure, v1::GetModelResponse& response) {
  if (disclosure >= v1::DISCLOSURE_CONTENT) return;
  response.set_disclosure(disclosure);
  if (!response.has_manifest()) return;
  // With the data set at hand, its name and the seed give the training samples again; digests tell
  // that a guess is right.
  v1::BundleManifest& manifest = *response.mutable_manifest();
  manifest.clear_files();
  if (!manifest.has_training()) return;
  manifest.mutable_training()->clear_dataset();
  manifest.mutable_training()->clear_dataset_fingerprint();
  manifest.mutable_training()->clear_seed();
}

absl::Status CheckExemplarsDisclosure(v1::Disclosure disclosure) {
  if (disclosure >= v1::DISCLOSURE_LABELS) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "GetExemplars shows labels and contents of training samples, your role shows indices only; "
      "ask the server's operator for a role with a higher disclosure");
}

}  // namespace provnet
