#include "storage/base/version.h"

namespace provnet {

constinit const absl::string_view kVersion = PROVNET_VERSION;

}  // namespace provnet
