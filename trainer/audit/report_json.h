#ifndef PROVNET_TRAINER_AUDIT_REPORT_JSON_H_
#define PROVNET_TRAINER_AUDIT_REPORT_JSON_H_

#include <string>

#include "trainer/audit/report.h"

namespace provnet {

// Of the documents that AuditReportJson writes; see docs/audit.md for their fields.
inline constexpr int kAuditSchemaVersion = 1;

// The whole report for machines: one JSON document, every audited sample in it, in sample order.
// Bytes that are not UTF-8 (in source ids) are replaced.
std::string AuditReportJson(const AuditReport& report);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_REPORT_JSON_H_
