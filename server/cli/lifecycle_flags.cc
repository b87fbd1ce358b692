#include "server/cli/lifecycle_flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(bool, repository_watch, true,
          "whether versions that come and go in the repository are taken up while serving; false "
          "serves what was there at the start");
ABSL_FLAG(absl::Duration, repository_poll_interval, absl::Seconds(10),
          "how often to look at the repository where nothing was noticed by inotify, which sees "
          "neither network file systems nor what happens inside a version's folder");

namespace provnet {

absl::StatusOr<LifecycleOptions> LifecycleOptionsFromFlags() {
  LifecycleOptions options;
  options.watch = absl::GetFlag(FLAGS_repository_watch);
  options.poll_interval = absl::GetFlag(FLAGS_repository_poll_interval);
  if (options.poll_interval < absl::Milliseconds(10) || options.poll_interval > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--repository-poll-interval is ", absl::FormatDuration(options.poll_interval),
                     ", expected 10ms .. 24h; --repository-watch=false switches the watching off"));
  }
  return options;
}

}  // namespace provnet
