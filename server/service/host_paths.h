#ifndef PROVNET_SERVER_SERVICE_HOST_PATHS_H_
#define PROVNET_SERVER_SERVICE_HOST_PATHS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace provnet {

// `text` with the last part alone of every absolute path in it: "/srv/models/7/000012.sst" becomes
// "000012.sst". Callers are told no path of the server's host, whichever library wrote it into an
// error; the log keeps it. In quotes a path reaches to the closing one; elsewhere it ends at one of
// ,;:)]}> or a quote, and at a space unless the next word goes on with folders. Of a path with two
// spaces in one folder's name, not in quotes, what follows the first space stays.
std::string WithoutHostPaths(absl::string_view text);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_HOST_PATHS_H_
