#ifndef PROVNET_STORAGE_BASE_STATUS_PREFIX_H_
#define PROVNET_STORAGE_BASE_STATUS_PREFIX_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace provnet {

// `status` with "PREFIX: " before its message, for a caller that knows which file, flag or field it
// is about. Payloads are left behind; OK stays OK.
inline absl::Status WithPrefix(absl::string_view prefix, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(prefix, ": ", status.message()));
}

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_STATUS_PREFIX_H_
