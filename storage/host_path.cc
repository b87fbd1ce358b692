#include "storage/host_path.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace provnet {

absl::Status WithoutHostPath(const absl::Status& status, const BundleLocation& location) {
  if (status.ok() || location.directory.empty()) return status;
  const std::string name = absl::StrCat(location.model, "/", location.version);
  return absl::Status(status.code(),
                      absl::StrReplaceAll(status.message(), {{location.directory.string(), name}}));
}

}  // namespace provnet
