#include "server/lifecycle/version_plan.h"

#include "absl/container/flat_hash_set.h"

namespace provnet {
namespace {

// The versions that shall serve, best first.
std::vector<const VersionView*> Wanted(absl::Span<const VersionView> versions, size_t count) {
  std::vector<const VersionView*> wanted;
  for (auto view = versions.rbegin(); view != versions.rend() && wanted.size() < count; ++view) {
    if (view->offered && view->state != VersionView::State::kPassedOver) wanted.push_back(&*view);
  }
  return wanted;
}

}  // namespace

VersionPlan PlanVersions(absl::Span<const VersionView> versions, size_t count) {
  const std::vector<const VersionView*> wanted = Wanted(versions, count);
  VersionPlan plan;
  for (const VersionView* view : wanted) {
    if (view->state != VersionView::State::kPending) continue;
    plan.load = view->version;
    return plan;
  }
  // Whoever is wanted is ready now. With nobody wanted, whatever is loaded stays.
  if (wanted.empty()) return plan;
  absl::flat_hash_set<uint64_t> keep;
  for (const VersionView* view : wanted) keep.insert(view->version);
  for (const VersionView& view : versions) {
    if (view.loaded && !keep.contains(view.version)) plan.unload.push_back(view.version);
  }
  return plan;
}

}  // namespace provnet
