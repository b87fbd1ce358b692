#include "client/bench/arrival_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "client/bench/load_counters.h"

namespace provnet {
namespace {

TEST(ArrivalScheduleTest, ArrivesAtTheAskedRateInPoissonGaps) {
  ArrivalSchedule schedule(1000, absl::Seconds(5), 7);
  constexpr int kArrivals = 20000;
  double sum = 0, squares = 0;
  absl::Duration last = absl::Seconds(5);
  for (int i = 0; i < kArrivals; ++i) {
    const absl::Duration due = schedule.Take();
    ASSERT_GE(due, last);
    const double gap = absl::ToDoubleMilliseconds(due - last);
    sum += gap;
    squares += gap * gap;
    last = due;
  }
  const double mean = sum / kArrivals;
  EXPECT_NEAR(mean, 1, 0.03);
  // An exponential distribution's deviation is its mean.
  EXPECT_NEAR(std::sqrt(squares / kArrivals - mean * mean), 1, 0.05);
}

TEST(ArrivalScheduleTest, IsTheSameForTheSameSeed) {
  ArrivalSchedule one(10, absl::ZeroDuration(), 3), same(10, absl::ZeroDuration(), 3),
      other(10, absl::ZeroDuration(), 4);
  EXPECT_EQ(one.Take(), same.Take());
  EXPECT_EQ(one.Take(), same.Take());
  EXPECT_NE(one.Next(), other.Next());
}

TEST(ArrivalScheduleTest, WaitsForWhatIsDueLaterOnly) {
  ArrivalSchedule schedule(1, absl::ZeroDuration(), 1);
  const absl::Duration due = schedule.Next();
  EXPECT_EQ(schedule.Wait(due - absl::Milliseconds(3)), absl::Milliseconds(3));
  EXPECT_EQ(schedule.Wait(due), absl::ZeroDuration());
  EXPECT_EQ(schedule.Wait(due + absl::Seconds(9)), absl::ZeroDuration());
}

TEST(ArrivalScheduleTest, DoesNotShiftWhenTheDriverIsLate) {
  ArrivalSchedule punctual(100, absl::ZeroDuration(), 1), late(100, absl::ZeroDuration(), 1);
  late.Wait(absl::Seconds(60));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(late.Take(), punctual.Take());
}

TEST(LoadCountersTest, CountsAStallInEveryRequestThatWasDue) {
  LoadCounters counters({absl::ZeroDuration(), absl::Seconds(10)});
  // Due once a second, but all answered at 5 s: the server stood still.
  for (int i = 0; i < 5; ++i)
    counters.CallEnded({absl::Seconds(i), absl::Seconds(i), absl::Seconds(5)},
                       absl::StatusCode::kOk, 100);
  EXPECT_EQ(counters.latency().Max(), absl::Seconds(5));
  EXPECT_NEAR(absl::ToDoubleSeconds(counters.latency().Quantile(0.5)), 3, 0.03);
  EXPECT_EQ(counters.succeeded(), 5);
  EXPECT_EQ(counters.response_bytes(), 500);
}

TEST(LoadCountersTest, TellsTheWindowOfLatencyFromThatOfThroughput) {
  const auto ok = absl::StatusCode::kOk;
  LoadCounters counters({absl::Seconds(2), absl::Seconds(4)});
  counters.CallEnded({absl::Seconds(1), absl::Seconds(1), absl::Seconds(3)}, ok,
                     1);  // Due in the warm-up, ended inside.
  counters.CallEnded({absl::Seconds(3), absl::Seconds(3), absl::Seconds(5)}, ok,
                     1);  // Due inside, ended after it.
  counters.CallEnded({absl::Seconds(3), absl::Seconds(3), absl::Seconds(3)}, ok, 1);
  counters.CallEnded({absl::Seconds(3), absl::Seconds(3), absl::Seconds(3)},
                     absl::StatusCode::kUnavailable, 0);
  counters.CallEnded({absl::Seconds(0), absl::Seconds(0), absl::Seconds(1)},
                     absl::StatusCode::kUnavailable, 0);
  EXPECT_EQ(counters.succeeded(), 2);
  EXPECT_EQ(counters.latency().count(), 2);
  EXPECT_EQ(counters.Failures().size(), 1);
  EXPECT_EQ(counters.Failures()[absl::StatusCode::kUnavailable], 1);
}

TEST(LoadCountersTest, InTimeCountsFromWhenACallWasDue) {
  const auto ok = absl::StatusCode::kOk;
  LoadCounters counters({absl::ZeroDuration(), absl::Seconds(10)}, absl::Seconds(2));
  counters.CallEnded({absl::Seconds(1), absl::Seconds(1), absl::Seconds(3)}, ok, 1);
  // Within two seconds of when it was sent, but the driver was late.
  counters.CallEnded({absl::Seconds(1), absl::Seconds(3), absl::Seconds(4)}, ok, 1);
  counters.CallEnded({absl::Seconds(1), absl::Seconds(1), absl::Seconds(2)},
                     absl::StatusCode::kResourceExhausted, 0);
  // Due after the window.
  counters.CallEnded({absl::Seconds(11), absl::Seconds(11), absl::Seconds(12)}, ok, 1);
  EXPECT_EQ(counters.offered(), 3);
  EXPECT_EQ(counters.in_time(), 1);
  EXPECT_EQ(counters.send_lag().Max(), absl::Seconds(2));
}

TEST(LoadCountersTest, TheLatencyOfRefusalsIsTheServersAlone) {
  LoadCounters counters({absl::ZeroDuration(), absl::Seconds(10)}, absl::Seconds(2));
  counters.CallEnded({absl::Seconds(1), absl::Seconds(3), absl::Seconds(4)},
                     absl::StatusCode::kResourceExhausted, 0);
  counters.CallEnded({absl::Seconds(1), absl::Seconds(1), absl::Seconds(9)},
                     absl::StatusCode::kDeadlineExceeded, 0);
  EXPECT_EQ(counters.refusal_latency().count(), 1);
  EXPECT_EQ(counters.refusal_latency().Max(), absl::Seconds(1));
}

}  // namespace
}  // namespace provnet
