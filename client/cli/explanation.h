#ifndef PROVNET_CLIENT_CLI_EXPLANATION_H_
#define PROVNET_CLIENT_CLI_EXPLANATION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/input_reader.h"
#include "provnet/v1/bundle.pb.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// Whether an answer with that `disclosure` shows the labels of training samples.
bool ShowsLabels(v1::Disclosure disclosure);

// An input and what became of it: the unit of every output format.
struct Explanation {
  std::string name;
  // Absent when the input could not be read.
  std::optional<Input> input;
  absl::StatusOr<v1::ExplainResponse> response;

  // The label that the data set has for the input, if that is known.
  std::optional<uint32_t> true_label() const;
  // It is known and the prediction differs from it.
  bool wrong() const;
  // The answer shows its exemplars' labels: what the caller's role allows.
  bool shows_labels() const;
  // It does, and fewer than four in five of the exemplars have the predicted class.
  bool low_agreement() const;
  // How many exemplars have the predicted class.
  int agreeing() const;
};

// Why the exemplar's sample is missing, e.g. "withheld: your role shows indices of training samples
// only"; empty where it is not.
std::string NotShown(const v1::Exemplar& exemplar);

// The class's name in `manifest`, or its id where that has none.
std::string ClassName(const v1::BundleManifest& manifest, uint32_t id);

// "97.3 %", with more digits for small shares and "< 0.01 %" for tiny ones.
std::string Percent(double share);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_EXPLANATION_H_
