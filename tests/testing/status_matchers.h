#ifndef PROVNET_TESTS_TESTING_STATUS_MATCHERS_H_
#define PROVNET_TESTS_TESTING_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace provnet {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

// For absl::Status and absl::StatusOr<T>: EXPECT_THAT(Open(path),
// StatusIs(absl::StatusCode::kNotFound, HasSubstr("path"))). Abseil brings its own only after our
// reference version.
MATCHER(IsOk, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).ok();
}
MATCHER_P2(StatusIs, code, message, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).code() == code &&
         ::testing::Matches(message)(std::string(StatusOf(arg).message()));
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_STATUS_MATCHERS_H_
