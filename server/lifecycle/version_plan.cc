#include "server/lifecycle/version_plan.h"

#include "absl/container/flat_hash_set.h"

namespace provnet {
namespace {

// The versions that shall serve, best first.
std::vector<const VersionView*> Wanted(absl::Span<const VersionView> versions,
                                       const VersionPolicy& policy) {
  std::vector<const VersionView*> wanted;
  size_t latest = 0;
  for (auto view = versions.rbegin(); view != versions.rend(); ++view) {
    if (!view->offered || view->state == VersionView::State::kPassedOver) continue;
    const bool by_policy = policy.specific.empty() ? latest++ < policy.latest
                                                   : policy.specific.count(view->version) > 0;
    if (by_policy || view->labelled) wanted.push_back(&*view);
  }
  return wanted;
}

}  // namespace

VersionPlan PlanVersions(absl::Span<const VersionView> versions, const VersionPolicy& policy) {
  const std::vector<const VersionView*> wanted = Wanted(versions, policy);
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
