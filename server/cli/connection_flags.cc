#include "server/cli/connection_flags.h"

#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(absl::Duration, max_connection_idle, provnet::ConnectionAges().max_idle,
          "a connection without a call for that long is closed; inf is never");
ABSL_FLAG(absl::Duration, max_connection_age, provnet::ConnectionAges().max_age,
          "a connection takes no new calls after that, so that its caller looks for new replicas; "
          "inf is never");
ABSL_FLAG(absl::Duration, max_connection_age_grace, provnet::ConnectionAges().grace,
          "how long the calls of such a connection may take to finish; inf is for ever");

namespace provnet {

absl::StatusOr<ConnectionAges> ConnectionAgesFromFlags() {
  const ConnectionAges ages = {absl::GetFlag(FLAGS_max_connection_idle),
                               absl::GetFlag(FLAGS_max_connection_age),
                               absl::GetFlag(FLAGS_max_connection_age_grace)};
  const std::pair<const char*, absl::Duration> rows[] = {
      {"--max-connection-idle", ages.max_idle},
      {"--max-connection-age", ages.max_age},
      {"--max-connection-age-grace", ages.grace}};
  for (const auto& [flag, value] : rows) {
    if (value >= absl::Milliseconds(1)) continue;
    return absl::InvalidArgumentError(absl::StrCat(flag, " is ", absl::FormatDuration(value),
                                                   ", expected at least 1ms, or inf for never"));
  }
  return ages;
}

}  // namespace provnet
