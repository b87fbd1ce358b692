#include "client/cli/explanation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace provnet {
namespace {

constexpr float kLowAgreement = 0.8F;

}  // namespace

bool ShowsLabels(v1::Disclosure disclosure) {
  return disclosure == v1::DISCLOSURE_UNSPECIFIED || disclosure >= v1::DISCLOSURE_LABELS;
}

std::optional<uint32_t> Explanation::true_label() const {
  return input.has_value() ? input->true_label : std::nullopt;
}

bool Explanation::wrong() const {
  return response.ok() && true_label().has_value() && *true_label() != response->predicted().id();
}

bool Explanation::shows_labels() const {
  return response.ok() && ShowsLabels(response->disclosure());
}

bool Explanation::low_agreement() const {
  return shows_labels() && response->provenance_size() > 0 &&
         response->label_agreement() < kLowAgreement;
}

int Explanation::agreeing() const {
  if (!response.ok()) return 0;
  return static_cast<int>(std::count_if(response->provenance().begin(),
                                        response->provenance().end(),
                                        [&](const v1::Exemplar& exemplar) {
                                          return exemplar.label() == response->predicted().id();
                                        }));
}

std::string NotShown(const v1::Exemplar& exemplar) {
  if (exemplar.has_sample()) return "";
  if (!exemplar.has_error()) return "not sent";
  const v1::RequestError& error = exemplar.error();
  switch (static_cast<absl::StatusCode>(error.code())) {
    case absl::StatusCode::kPermissionDenied:
      return absl::StrCat("withheld: ", error.message());
    case absl::StatusCode::kDataLoss:
      return absl::StrCat("damaged: ", error.message());
    default:
      return absl::StrCat("not shown: ", error.message());
  }
}

std::string ClassName(const v1::BundleManifest& manifest, uint32_t id) {
  if (id < static_cast<uint32_t>(manifest.class_names_size()))
    return manifest.class_names(static_cast<int>(id));
  return absl::StrCat(id);
}

std::string Percent(double share) {
  const double percent = share * 100;
  if (percent >= 9.95) return absl::StrFormat("%.1f %%", percent);
  if (percent >= 0.01) return absl::StrFormat("%.2f %%", percent);
  return percent > 0 ? "< 0.01 %" : "0 %";
}

}  // namespace provnet
