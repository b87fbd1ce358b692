#include "server/batching/task_lines.h"

#include <algorithm>
#include <utility>

namespace provnet {

size_t TaskLines::size() const {
  size_t size = 0;
  for (const auto& line : lines_) size += line.size();
  return size;
}

void TaskLines::Push(WaitingTask task) {
  lines_[static_cast<size_t>(task.task->priority())].push_back(std::move(task));
}

size_t TaskLines::Ahead(Priority priority, absl::Duration now) const {
  const auto own = static_cast<size_t>(priority);
  const absl::Duration rank = Rank(own, now);
  size_t ahead = 0;
  for (size_t p = 0; p < kPriorityCount; ++p) {
    // Ties go to the higher priority, and within one to who came first.
    const auto& line = lines_[p];
    ahead +=
        static_cast<size_t>(std::partition_point(line.begin(), line.end(),
                                                 [&](const WaitingTask& other) {
                                                   const absl::Duration theirs =
                                                       Rank(p, other.arrival);
                                                   return p <= own ? theirs <= rank : theirs < rank;
                                                 }) -
                            line.begin());
  }
  return ahead;
}

absl::Duration TaskLines::OldestArrival() const {
  absl::Duration oldest = absl::InfiniteDuration();
  for (const auto& line : lines_) {
    if (!line.empty()) oldest = std::min(oldest, line.front().arrival);
  }
  return oldest;
}

absl::Duration TaskLines::EarliestDeadline() const {
  absl::Duration earliest = absl::InfiniteDuration();
  for (const auto& line : lines_) {
    for (const WaitingTask& waiting : line) earliest = std::min(earliest, waiting.task->deadline());
  }
  return earliest;
}

size_t TaskLines::NextLine(const std::array<size_t, kPriorityCount>& from) const {
  size_t next = kPriorityCount;
  absl::Duration best = absl::InfiniteDuration();
  for (size_t p = 0; p < kPriorityCount; ++p) {
    if (from[p] == lines_[p].size()) continue;
    const absl::Duration rank = Rank(p, lines_[p][from[p]].arrival);
    if (next != kPriorityCount && rank >= best) continue;
    next = p;
    best = rank;
  }
  return next;
}

void TaskLines::Visit(const std::function<bool(const BatchTask&)>& visit) const {
  std::array<size_t, kPriorityCount> from{};
  for (size_t p = NextLine(from); p != kPriorityCount; p = NextLine(from)) {
    if (!visit(*lines_[p][from[p]++].task)) return;
  }
}

std::vector<WaitingTask> TaskLines::Take(const std::function<Choice(const BatchTask&)>& choose) {
  std::vector<WaitingTask> taken;
  std::array<size_t, kPriorityCount> from{};
  for (size_t p = NextLine(from); p != kPriorityCount; p = NextLine(from)) {
    WaitingTask& waiting = lines_[p][from[p]++];
    const Choice choice = choose(*waiting.task);
    if (choice == Choice::kStop) break;
    if (choice == Choice::kTake) taken.push_back(std::move(waiting));
  }
  if (taken.empty()) return taken;
  for (auto& line : lines_) {
    line.erase(std::remove_if(line.begin(), line.end(),
                              [](const WaitingTask& waiting) { return waiting.task == nullptr; }),
               line.end());
  }
  return taken;
}

WaitingTask TaskLines::TakeLastBelow(Priority priority) {
  for (size_t p = kPriorityCount - 1; p > static_cast<size_t>(priority); --p) {
    if (lines_[p].empty()) continue;
    WaitingTask last = std::move(lines_[p].back());
    lines_[p].pop_back();
    return last;
  }
  return {};
}

}  // namespace provnet
