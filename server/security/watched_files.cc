#include "server/security/watched_files.h"

#include <utility>

#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<WatchedFiles>> WatchedFiles::Open(Options options, Load load,
                                                                 SecurityProbe& probe) {
  std::unique_ptr<WatchedFiles> files(new WatchedFiles(std::move(options), std::move(load), probe));
  {
    const MutexLock lock(files->poll_mutex_);
    PROVNET_ASSIGN_OR_RETURN(files->seen_, files->Read());
    PROVNET_RETURN_IF_ERROR(files->load_(files->seen_));
  }
  if (files->options_.interval > absl::ZeroDuration())
    files->thread_ = std::make_unique<RepeatingThread>(files->options_.interval,
                                                       [raw = files.get()] { raw->Poll(); });
  return files;
}

absl::StatusOr<std::vector<std::string>> WatchedFiles::Read() const {
  std::vector<std::string> contents;
  for (const std::filesystem::path& file : options_.files) {
    PROVNET_ASSIGN_OR_RETURN(std::string bytes, ReadFile(file, kMaxFileBytes));
    contents.push_back(std::move(bytes));
  }
  return contents;
}

void WatchedFiles::Poll() {
  const MutexLock lock(poll_mutex_);
  auto contents = Read();
  if (!contents.ok()) {
    if (contents.status() == unreadable_) return;
    unreadable_ = contents.status();
    probe_.ReloadFailed(options_.what, unreadable_);
    return;
  }
  unreadable_ = absl::OkStatus();
  const bool changed = *contents != seen_;
  if (!changed && !refused_) return;
  seen_ = *std::move(contents);
  const absl::Status loaded = load_(seen_);
  refused_ = !loaded.ok();
  if (loaded.ok()) {
    probe_.Reloaded(options_.what);
  } else if (changed) {
    probe_.ReloadFailed(options_.what, loaded);
  }
}

}  // namespace provnet
