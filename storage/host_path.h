#ifndef PROVNET_STORAGE_HOST_PATH_H_
#define PROVNET_STORAGE_HOST_PATH_H_

#include "absl/status/status.h"
#include "storage/repository.h"

namespace provnet {

// `status` with MODEL/VERSION in place of the version's folder: the server's callers read why a
// version was refused, and are told no path of its host.
absl::Status WithoutHostPath(const absl::Status& status, const BundleLocation& location);

}  // namespace provnet

#endif  // PROVNET_STORAGE_HOST_PATH_H_
