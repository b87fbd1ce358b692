#ifndef PROVNET_CLIENT_CLI_EXPLANATION_TEXT_H_
#define PROVNET_CLIENT_CLI_EXPLANATION_TEXT_H_

#include <string>
#include <vector>

#include "client/cli/explanation.h"
#include "client/cli/terminal.h"
#include "provnet/v1/bundle.pb.h"
#include "provnet/v1/sample.pb.h"

namespace provnet {

// A picture with a caption of a few short lines below.
struct Figure {
  // Null: `reason` stands in the picture's place.
  const v1::SampleRecord* record = nullptr;
  std::vector<std::string> caption;
  std::string reason = {};
};

// The figures side by side, as many in a row as `terminal.columns` allow, all of one size. In the
// place of a record that can't be drawn it says why.
std::string FigureRows(const std::vector<Figure>& figures, const Terminal& terminal);

// An explanation as text: one line that says what was predicted, then the input beside its
// exemplars.
std::string ExplanationText(const Explanation& explanation, const v1::BundleManifest& manifest,
                            const Terminal& terminal);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_EXPLANATION_TEXT_H_
