#include "server/lifecycle/version_entry.h"

#include <algorithm>
#include <utility>

#include "storage/bundle_sighting.h"
#include "storage/host_path.h"

namespace provnet {
namespace {

bool MayPass(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
}

absl::Duration Backoff(int failures, const RetryTimes& times) {
  absl::Duration wait = times.first_retry;
  for (int i = 1; i < failures && wait < times.max_retry; ++i) wait *= 2;
  return std::min(wait, times.max_retry);
}

}  // namespace

void VersionEntry::Seen() {
  offered_ = true;
  missing_since_ = absl::InfiniteDuration();
  if (served_ != nullptr) {
    // An unreadable digest is no sign of a new bundle: a copy may be under way, or the end of one.
    const std::string digest = ReadBundleDigest(location_.directory);
    replaced_ = !digest.empty() && !loaded_digest_.empty() && digest != loaded_digest_;
    if (!replaced_) {
      progress_ = Progress::kLoaded;
      status_ = absl::OkStatus();
      return;
    }
    if (progress_ == Progress::kLoaded) progress_ = Progress::kUntried;
  }
  if (progress_ == Progress::kRefused)
    changed_ = BundleFingerprint(location_.directory) != fingerprint_;
}

void VersionEntry::NotSeen(absl::Duration now, const RetryTimes& times) {
  missing_since_ = std::min(missing_since_, now);
  if (now - missing_since_ >= times.settle) offered_ = false;
}

bool VersionEntry::WorthATry() const {
  // Missing for a moment, perhaps to be replaced: nothing to try.
  if (!offered_ || missing_since_ != absl::InfiniteDuration()) return false;
  switch (progress_) {
    case Progress::kUntried:
    case Progress::kCopying:
      return true;
    case Progress::kRefused:
      return changed_ || MayPass(status_);
    default:
      return false;
  }
}

VersionView VersionEntry::View(absl::Duration now) const {
  VersionView view;
  view.version = location_.version;
  view.offered = offered_;
  view.loaded = served_ != nullptr;
  if (WorthATry() && now >= not_before_) {
    view.state = VersionView::State::kPending;
  } else if (view.loaded) {
    view.state = VersionView::State::kReady;
  } else {
    view.state = VersionView::State::kPassedOver;
  }
  return view;
}

ModelReport VersionEntry::Report() const {
  ModelReport report{location_, ModelReport::State::kLoading, served_, status_};
  if (served_ != nullptr) {
    report.state = ModelReport::State::kAvailable;
  } else if (progress_ == Progress::kRefused) {
    report.state = ModelReport::State::kFailed;
  }
  return report;
}

absl::Duration VersionEntry::LookAgain(absl::Duration now, const RetryTimes& times) const {
  if (offered_ && missing_since_ != absl::InfiniteDuration()) return missing_since_ + times.settle;
  // What could be tried now and was not is not wanted.
  return WorthATry() && not_before_ > now ? not_before_ : absl::InfiniteDuration();
}

VersionEntry::Readiness VersionEntry::CheckComplete(absl::Duration now, const RetryTimes& times) {
  BundleSighting sighting = LookAtBundle(location_.directory);
  if (progress_ != Progress::kCopying || sighting.fingerprint != fingerprint_) {
    fingerprint_ = std::move(sighting.fingerprint);
    unchanged_since_ = now;
  }
  if (sighting.complete.ok()) return {true};
  if (now - unchanged_since_ >= times.settle) {
    Refused(WithoutHostPath(sighting.complete, location_), now, times);
    return {false, status_};
  }
  progress_ = Progress::kCopying;
  not_before_ = now + times.glance;
  return {};
}

void VersionEntry::BeginLoad() {
  progress_ = Progress::kLoading;
  // Before the files are read, so that whatever changes meanwhile counts as a change.
  fingerprint_ = BundleFingerprint(location_.directory);
  digest_in_load_ = ReadBundleDigest(location_.directory);
}

void VersionEntry::Loaded(ServedModelHandle served) {
  progress_ = Progress::kLoaded;
  served_ = std::move(served);
  loaded_digest_ = digest_in_load_;
  replaced_ = false;
  status_ = absl::OkStatus();
  failures_ = 0;
  not_before_ = -absl::InfiniteDuration();
}

void VersionEntry::Refused(absl::Status status, absl::Duration now, const RetryTimes& times) {
  progress_ = Progress::kRefused;
  status_ = std::move(status);
  changed_ = false;
  not_before_ = now + Backoff(++failures_, times);
}

void VersionEntry::Unload() {
  served_ = nullptr;
  progress_ = Progress::kUntried;
}

}  // namespace provnet
