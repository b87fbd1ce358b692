#ifndef PROVNET_CLIENT_CLI_HTML_PAGE_H_
#define PROVNET_CLIENT_CLI_HTML_PAGE_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "client/cli/explanation.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// One self-contained page: styles, script and pictures inside, nothing fetched, readable on a
// phone, in light and dark. It is well-formed XML too. Cards are kept as text until the end, about
// 1 KiB an exemplar. Not thread-safe.
class HtmlPage {
 public:
  // `model` is what the server says of it; may be empty.
  HtmlPage(v1::GetModelResponse model, absl::Time now) : model_(std::move(model)), now_(now) {}

  void Add(const Explanation& explanation);

  // The whole page with everything added so far.
  std::string Render() const;

 private:
  std::string Header() const;
  std::string Summary() const;

  const v1::GetModelResponse model_;
  const absl::Time now_;
  std::string cards_;
  size_t inputs_ = 0;
  size_t failed_ = 0;
  size_t labelled_ = 0;
  size_t wrong_ = 0;
  size_t low_agreement_ = 0;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_HTML_PAGE_H_
