#ifndef PROVNET_CLIENT_CLI_ATOMIC_FILE_H_
#define PROVNET_CLIENT_CLI_ATOMIC_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Replaces `path` by a file with `content`: readers see the old file or the whole new one, also
// after a crash. Writes a temporary sibling, syncs and renames it. On error, which names the path,
// the old file is as it was and no temporary one remains.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_ATOMIC_FILE_H_
