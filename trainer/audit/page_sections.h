#ifndef PROVNET_TRAINER_AUDIT_PAGE_SECTIONS_H_
#define PROVNET_TRAINER_AUDIT_PAGE_SECTIONS_H_

#include <cstdint>
#include <string>

#include "trainer/audit/report.h"

namespace provnet {

// The four parts of the audit's page, as HTML; at most `top` entries each. Texts from the bundle
// are escaped.

// The most doubtful labels, each a card with its evidence and the buttons to judge it.
std::string LabelCards(const AuditReport& report, uint64_t top);
// Groups of exact, then of near duplicates; in each, those whose labels conflict come first.
std::string DuplicateGroups(const AuditReport& report, uint64_t top);
// The farthest samples, whether outlying or not.
std::string OutlierPictures(const AuditReport& report, uint64_t top);
// The confident joint: given label by suggested label.
std::string ConfusionTable(const AuditReport& report);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_PAGE_SECTIONS_H_
