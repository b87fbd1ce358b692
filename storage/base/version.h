#ifndef PROVNET_STORAGE_BASE_VERSION_H_
#define PROVNET_STORAGE_BASE_VERSION_H_

#include "absl/strings/string_view.h"

namespace provnet {

// The version of this build, as project() in CMakeLists.txt has it, e.g. "0.1.0". Its text is in
// version.cc, so that another version compiles that file again and no other.
extern const absl::string_view kVersion;

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_VERSION_H_
