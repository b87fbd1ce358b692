#ifndef PROVNET_SERVER_METRICS_SERVER_METRICS_H_
#define PROVNET_SERVER_METRICS_SERVER_METRICS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "server/batching/batch_probe.h"
#include "server/security/security_probe.h"
#include "server/service/connection_probe.h"
#include "server/service/readiness_probe.h"
#include "server/service/rpc.h"

namespace provnet {

// Everything that /metrics shows. Thread-safe.
//
//   provnet_request_duration_seconds{rpc,code}        histogram, arrival to status
//   provnet_requests_abandoned_total{rpc}             callers who gave up before the answer
//   provnet_samples_damaged_total                     damaged records that were asked for
//   provnet_ready{capability}                         classification | exemplars | membership
//   provnet_queue_wait_seconds{model}                 histogram, from arrival to its end
//   provnet_batch_size{model}                         histogram
//   provnet_batch_dispatch_total{model,reason}        executor_free | full | deadline | draining
//   provnet_queue_depth{model}                        gauge, tasks that wait
//   provnet_queue_predicted_wait_seconds{model}       gauge, the forecast for the newest task
//   provnet_requests_rejected_total{model,reason}     queue_full | draining | wait_too_long |
//                                       deadline_too_close | displaced | cancelled | expired
//   provnet_requests_late_total{model}                ran, but past the deadline when they ended
//   provnet_model_info{model,version,device,index_precision}   1 for each loaded version
//   provnet_model_version{model}                      gauge, the version that answers by default
//   provnet_model_loads_total                         versions that were loaded
//   provnet_model_load_failures_total{reason}         tries that ended in a refusal: damaged |
//                                                     missing | memory | unsuitable | other
//   provnet_model_unloads_total                       versions whose memory was freed again
//   provnet_serving_config_failures_total             texts of serving.json that could not be used
//   provnet_serving_labels_waiting                    labels whose version is not loaded
//   provnet_repository_lost                           1 while it can't be read or is empty
//   provnet_security_reloads_total{what,outcome}      access rules | certificates; ok | failed
//   provnet_tls_certificate_expiry_timestamp_seconds{certificate}   server | client CA
//   provnet_connections_refused_total                 one too many (--max-connections)
//   provnet_disclosures_total{outcome}                recorded | refused, with --audit-log
//   provnet_membership_refusals_total{reason}         budget_used | budget_not_recorded
//   provnet_build_info{version}                       1
//   process_*                                         see ProcessMetrics
//
// Labels come from fixed sets and from the repository's model names, never from requests.
class ServerMetrics final : public RequestProbe,
                            public ConnectionProbe,
                            public ReadinessProbe,
                            public SecurityProbe {
 public:
  struct LoadedModel {
    std::string name;
    uint64_t version = 0;
    std::string device;
    std::string index_precision;
  };

  ServerMetrics();
  ~ServerMetrics() override;

  void RequestFinished(Rpc rpc, absl::StatusCode code, absl::Duration took) override;
  void RequestAbandoned(Rpc rpc) override;
  void SamplesDamaged(size_t count) override;
  void ConnectionRefused() override;
  void SetReady(Capability capability, bool ready) override;
  void Reloaded(absl::string_view what) override;
  void ReloadFailed(absl::string_view what, const absl::Status& status) override;
  void CertificateExpires(absl::string_view what, absl::Time when) override;
  void AuditBroken(const absl::Status&) override {}
  void AuditMended() override {}
  void DisclosureJudged(bool made) override;
  void BudgetExhausted(absl::string_view principal) override;
  void BudgetNotRecorded(const absl::Status&) override;
  void ModelLoaded(const LoadedModel& model);
  void ModelRefused(const absl::Status& status);
  // The version takes no new calls: its series go.
  void ModelRetired(const LoadedModel& model);
  void ModelUnloaded();
  void ServingConfigRefused();
  void SetLabelsWaiting(size_t count);
  void SetRepositoryLost(bool lost);
  // What became of the spans of traced calls.
  void SpansExported(size_t count);
  void SpansFailed(size_t count);
  void SpansDropped(size_t count);

  // The probe for the queues of `model`; always the same for the same name, and alive as long as
  // this.
  BatchProbe& BatchProbeFor(absl::string_view model);

  // The text exposition format, version 0.0.4.
  std::string Text() const;

 private:
  class QueueMetrics;
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_METRICS_SERVER_METRICS_H_
