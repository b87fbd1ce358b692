#include "server/service/disclosure_record.h"

#include "absl/time/clock.h"

namespace provnet {
namespace {

const char* LevelName(v1::Disclosure disclosure) {
  switch (disclosure) {
    case v1::DISCLOSURE_CONTENT:
      return "content";
    case v1::DISCLOSURE_LABELS:
      return "labels";
    default:
      return "indices";
  }
}

// All but the samples. `with_contents`: stored records are in the answer, not labels alone.
AuditEntry Begin(const Permit& permit, const v1::ModelVersion& model, bool with_contents) {
  AuditEntry entry = permit.record.value().caller;
  entry.model = model.name();
  entry.version = model.version();
  entry.store_snapshot_id = model.store_snapshot_id();
  entry.disclosure = LevelName(permit.disclosure);
  if (permit.disclosure >= v1::DISCLOSURE_CONTENT && !with_contents)
    entry.disclosure = LevelName(v1::DISCLOSURE_LABELS);
  return entry;
}

absl::Status Write(const Permit& permit, const AuditEntry& entry) {
  return permit.record->log->Record(entry, absl::Now());
}

}  // namespace

absl::Status RecordDisclosure(const Permit& permit, const v1::ExplainResponse& response) {
  if (!permit.record.has_value() || response.provenance().empty()) return absl::OkStatus();
  bool with_contents = false;
  for (const v1::Exemplar& exemplar : response.provenance()) with_contents |= exemplar.has_sample();
  AuditEntry entry = Begin(permit, response.model(), with_contents);
  for (const v1::Exemplar& exemplar : response.provenance())
    entry.samples.push_back(exemplar.sample_index());
  return Write(permit, entry);
}

absl::Status RecordDisclosure(const Permit& permit, const v1::CheckMembershipResponse& response) {
  if (!permit.record.has_value()) return absl::OkStatus();
  AuditEntry entry = Begin(permit, response.model(), response.nearest().has_sample());
  if (response.has_nearest()) entry.samples.push_back(response.nearest().sample_index());
  entry.samples.insert(entry.samples.end(), response.exact_match().begin(),
                       response.exact_match().end());
  entry.membership = {response.member(), response.p_value(), response.false_positive_rate()};
  return Write(permit, entry);
}

absl::Status RecordDisclosure(const Permit& permit, const v1::GetExemplarsResponse& response) {
  if (!permit.record.has_value() || response.samples().empty()) return absl::OkStatus();
  AuditEntry entry = Begin(permit, response.model(), true);
  for (const v1::StoredSample& stored : response.samples())
    entry.samples.push_back(stored.sample_index());
  return Write(permit, entry);
}

}  // namespace provnet
