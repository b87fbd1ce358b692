#include "server/cli/first_load.h"

#include <algorithm>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/base/clock.h"

namespace provnet {
namespace {

// Nobody waits for less.
constexpr absl::Duration kLongestNap = absl::Seconds(1);

bool ServesSomething(const ModelRegistry& registry) {
  const std::vector<ModelReport> reports = registry.Reports();
  return std::any_of(reports.begin(), reports.end(),
                     [](const ModelReport& report) { return report.served != nullptr; });
}

}  // namespace

absl::Status LoadFirst(const LifecycleOptions& options, ModelLifecycle& lifecycle,
                       const ModelRegistry& registry, const StructuredLog& log) {
  const absl::Status loaded = lifecycle.LoadAll();
  if (loaded.ok() || options.await_models <= absl::ZeroDuration()) return loaded;
  log.Write(LogLevel::kError, "nothing to serve yet",
            {{"reason", loaded.ToString()},
             {"await_seconds", absl::ToDoubleSeconds(options.await_models)}});
  const Clock& clock = Clock::Steady();
  const absl::Duration end = clock.Monotonic() + options.await_models;
  while (clock.Monotonic() < end) {
    absl::SleepFor(std::min({options.poll_interval, kLongestNap, end - clock.Monotonic()}));
    lifecycle.Pass();
    if (ServesSomething(registry)) return absl::OkStatus();
  }
  return lifecycle.LoadAll();
}

}  // namespace provnet
