#ifndef PROVNET_CLIENT_CLI_HTML_CARD_H_
#define PROVNET_CLIENT_CLI_HTML_CARD_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/explanation.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// Text for HTML content and double-quoted attributes: < > & " ' escaped, control characters
// replaced.
std::string HtmlEscaped(absl::string_view text);

// One explanation as an <article>: the input with its prediction, then the exemplars. Pictures are
// data: URIs.
std::string HtmlCard(const Explanation& explanation, const v1::BundleManifest& manifest);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_HTML_CARD_H_
