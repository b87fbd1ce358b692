#ifndef PROVNET_SERVER_SERVICE_BUDGET_CHARGE_H_
#define PROVNET_SERVER_SERVICE_BUDGET_CHARGE_H_

#include "server/service/exemplar_reader.h"
#include "server/service/explainer.h"

namespace provnet {

// Charges the job's budget, which is there, and puts the job's task into its queue; where either
// fails, rejects the task, and takes the charge back when it is the queue that has no room. For an
// ExemplarReader's thread: a charge may wait for the disk.
ExemplarReader::Work ChargeAndEnqueue(Explainer::Job job);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_BUDGET_CHARGE_H_
