#ifndef PROVNET_PROTO_ERROR_REASON_H_
#define PROVNET_PROTO_ERROR_REASON_H_

namespace provnet {

// The google.rpc.ErrorInfo of our errors: its domain, and the reasons that stand in it. Only errors
// that callers must tell from others of their code carry one.
inline constexpr char kErrorDomain[] = "provnet.dev";

// RESOURCE_EXHAUSTED because the caller's membership budget is used up, not for load.
inline constexpr char kBudgetExhaustedReason[] = "BUDGET_EXHAUSTED";

}  // namespace provnet

#endif  // PROVNET_PROTO_ERROR_REASON_H_
