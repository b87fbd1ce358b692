#ifndef PROVNET_TRAINER_AUDIT_REPORT_PAGE_H_
#define PROVNET_TRAINER_AUDIT_REPORT_PAGE_H_

#include <cstdint>
#include <string>

#include "trainer/audit/report.h"

namespace provnet {

// The report for people: one self-contained HTML page (styles, script and pictures inside, nothing
// is fetched) on which an annotator works through the `top` most doubtful labels, by mouse or keys,
// in light or dark, on a desk or a phone. Decisions stay in the browser, under the digest of the
// bundle, and can be saved as JSON or CSV. About 10 KiB a label.
std::string AuditPage(const AuditReport& report, uint64_t top);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_REPORT_PAGE_H_
