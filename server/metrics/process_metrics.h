#ifndef PROVNET_SERVER_METRICS_PROCESS_METRICS_H_
#define PROVNET_SERVER_METRICS_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace provnet {

// process_cpu_seconds_total, process_resident_memory_bytes, process_start_time_seconds,
// process_threads and process_open_fds, under the names that Prometheus gives to them, read from
// /proc when they are asked for. Thread-safe.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_METRICS_PROCESS_METRICS_H_
