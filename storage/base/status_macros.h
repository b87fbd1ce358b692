#ifndef PROVNET_STORAGE_BASE_STATUS_MACROS_H_
#define PROVNET_STORAGE_BASE_STATUS_MACROS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Abseil 20220623, our reference, has no return macros of its own; these are the only pair in the
// project.

// Evaluates an absl::Status and returns it from the enclosing function unless it is OK.
#define PROVNET_RETURN_IF_ERROR(expression)                                 \
  do {                                                                      \
    if (absl::Status provnet_status_ = (expression); !provnet_status_.ok()) \
      return provnet_status_;                                               \
  } while (false)

// PROVNET_ASSIGN_OR_RETURN(auto value, FunctionReturningStatusOr(...)): declares or assigns
// `value`, or returns the error from the enclosing function.
#define PROVNET_ASSIGN_OR_RETURN(declaration, expression)                                   \
  PROVNET_ASSIGN_OR_RETURN_IMPL_(PROVNET_CONCAT_(provnet_statusor_, __LINE__), declaration, \
                                 expression)

#define PROVNET_ASSIGN_OR_RETURN_IMPL_(temporary, declaration, expression) \
  auto temporary = (expression);                                           \
  if (!temporary.ok()) return std::move(temporary).status();               \
  declaration = *std::move(temporary)
#define PROVNET_CONCAT_(a, b) PROVNET_CONCAT_INNER_(a, b)
#define PROVNET_CONCAT_INNER_(a, b) a##b

#endif  // PROVNET_STORAGE_BASE_STATUS_MACROS_H_
