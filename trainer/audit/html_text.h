#ifndef PROVNET_TRAINER_AUDIT_HTML_TEXT_H_
#define PROVNET_TRAINER_AUDIT_HTML_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "trainer/data/dataset.h"

namespace provnet {

// Any bytes as text for HTML content and double-quoted attributes: < > & " ' escaped, control
// characters and bytes that are not UTF-8 replaced by U+FFFD.
std::string EscapedHtml(absl::string_view text);

// An <img> of image `row`, as a PNG in a data: URI with exactly its pixels, reduced to at most 128
// pixels a side. `alt` is plain text.
std::string PictureTag(const Dataset& data, uint64_t row, absl::string_view alt);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_HTML_TEXT_H_
