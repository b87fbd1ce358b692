#include "trainer/training/progress_printer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ManualClock : public Clock {
 public:
  absl::Duration Monotonic() const override { return now; }
  absl::Duration now = absl::Seconds(100);
};

TrainingProgress Example() {
  return {.epoch = 3,
          .epochs = 8,
          .batch = 42,
          .batches = 141,
          .class_loss = 0.03125,
          .index_loss = 1.5,
          .images_per_second = 1120.4,
          .remaining = absl::Milliseconds(79500)};
}

int64_t Count(const std::string& text, char c) { return std::count(text.begin(), text.end(), c); }

TEST(FormatProgress, SaysAllThatIsKnown) {
  EXPECT_EQ(FormatProgress(Example()),
            "epoch 3/8  batch 42/141  class loss 0.0312  index loss 1.5000  1120 images/s  1m20s "
            "left");
}

TEST(ProgressPrinter, WritesPlainLinesOffATerminalEveryTenSecondsAndEpoch) {
  std::ostringstream out;
  ManualClock clock;
  ProgressPrinter printer(out, /*terminal=*/false, clock);
  for (int second = 0; second < 25; ++second) {
    printer.BatchDone(Example());
    clock.now += absl::Seconds(1);
  }
  EXPECT_EQ(Count(out.str(), '\n'), 2);
  printer.EpochDone(Example());
  EXPECT_EQ(Count(out.str(), '\n'), 3);
  EXPECT_THAT(out.str(), Not(HasSubstr("\r")));
  EXPECT_THAT(out.str(), Not(HasSubstr("\x1b")));
}

TEST(ProgressPrinter, RedrawsOneLineOnATerminal) {
  std::ostringstream out;
  ManualClock clock;
  ProgressPrinter printer(out, /*terminal=*/true, clock);
  for (int batch = 0; batch < 10; ++batch) {
    printer.BatchDone(Example());
    clock.now += absl::Milliseconds(40);
  }
  EXPECT_EQ(Count(out.str(), '\n'), 0);
  EXPECT_EQ(Count(out.str(), '\r'), 4);
  printer.Note("evaluating");
  EXPECT_THAT(out.str(), ::testing::EndsWith("left\nevaluating\n"));
}

TEST(ProgressPrinter, EndsAnOpenLineWhenItGoes) {
  std::ostringstream out;
  ManualClock clock;
  {
    ProgressPrinter printer(out, /*terminal=*/true, clock);
    printer.BatchDone(Example());
  }
  EXPECT_THAT(out.str(), ::testing::EndsWith("left\n"));
}

}  // namespace
}  // namespace provnet
