#include "server/cli/lifecycle_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "server/service/flag_parsing.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"

ABSL_FLAG(bool, repository_watch, true,
          "whether versions that come and go in the repository are taken up while serving; false "
          "serves what was there at the start");
ABSL_FLAG(absl::Duration, repository_poll_interval, absl::Seconds(10),
          "how often to look at the repository where nothing was noticed by inotify, which sees "
          "neither network file systems nor what happens inside a version's folder");
ABSL_FLAG(
    std::string, version_policy, "latest:1",
    "which versions of a model serve: latest:N or specific:V,V,...; a model's serving.json may "
    "say otherwise");
ABSL_FLAG(std::string, memory_limit, "auto",
          "memory that the server may use, e.g. 1.5GiB; a version that would not fit is refused. "
          "auto is what its control group and the machine leave, none switches the check off");
ABSL_FLAG(absl::Duration, await_models, absl::ZeroDuration(),
          "at the start, where no version can be served: how long to look again, up but not ready, "
          "before giving up");

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
  const auto policy = ParseVersionPolicy(absl::GetFlag(FLAGS_version_policy));
  if (!policy.ok()) return WithPrefix("--version-policy", policy.status());
  options.lifecycle.policy = *policy;
  const auto limit = ParseMemoryLimit(absl::GetFlag(FLAGS_memory_limit));
  if (!limit.ok()) return WithPrefix("--memory-limit", limit.status());
  options.memory_limit = *limit;
  options.await_models = absl::GetFlag(FLAGS_await_models);
  PROVNET_RETURN_IF_ERROR(CheckNotNegative("--await-models", options.await_models));
  return options;
}

}  // namespace provnet
