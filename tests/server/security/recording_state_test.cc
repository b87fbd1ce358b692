#include "server/security/recording_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

class RecordingStateTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  RecordingState state_{"the answer", clock_};
};

TEST_F(RecordingStateTest, IsBrokenFromAFailureToTheNextSuccess) {
  EXPECT_THAT(state_.Check(), IsOk());
  state_.Begin();
  EXPECT_THAT(state_.Check(), IsOk());
  state_.End(false);
  EXPECT_THAT(state_.Check(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("the answer can't be recorded")));
  state_.Begin();
  EXPECT_TRUE(state_.broken()) << "until it is known to be mended";
  state_.End(true);
  EXPECT_THAT(state_.Check(), IsOk());
}

TEST_F(RecordingStateTest, AWriteThatDoesNotComeBackCountsAsFailed) {
  state_.Begin();
  clock_.Advance(RecordingState::kStuck);
  EXPECT_THAT(state_.Check(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("for 5s")));
  EXPECT_FALSE(state_.broken()) << "nothing to try again";
  state_.End(true);
  EXPECT_THAT(state_.Check(), IsOk());
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(state_.Check(), IsOk());
}

}  // namespace
}  // namespace provnet
