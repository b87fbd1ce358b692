#ifndef PROVNET_SERVER_SERVICE_HOST_PATHS_H_
#define PROVNET_SERVER_SERVICE_HOST_PATHS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace provnet {

// `text` with the last part alone of every absolute path in it: "/srv/models/7/000012.sst" becomes
// "000012.sst". Callers are told no path of the server's host, whichever library wrote it into an
// error; the log keeps it. A path ends at a space, a quote, or one of ,;:)]}>.
std::string WithoutHostPaths(absl::string_view text);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_HOST_PATHS_H_
