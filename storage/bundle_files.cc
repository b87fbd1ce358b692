#include "storage/bundle_files.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "storage/base/available_cores.h"
#include "storage/base/background_pace.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

bool IsPathComponent(absl::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '+' || c == '-';
         });
}

absl::StatusOr<BundleFile> Describe(const fs::path& root, const fs::directory_entry& entry) {
  BundleFile file;
  file.path = entry.path().lexically_relative(root).generic_string();
  std::error_code error;
  file.is_regular = fs::is_regular_file(entry.symlink_status(error));
  if (!error && file.is_regular) file.size_bytes = entry.file_size(error);
  if (error) return ErrorCodeToStatus(error, "inspect", entry.path());
  return file;
}

}  // namespace

absl::StatusOr<std::vector<BundleFile>> ListBundleFiles(const fs::path& bundle_directory) {
  std::vector<BundleFile> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(bundle_directory, error);
  if (error) return ErrorCodeToStatus(error, "list", bundle_directory);
  while (entry != fs::recursive_directory_iterator()) {
    if (!fs::is_directory(entry->symlink_status(error)) && !error) {
      PROVNET_ASSIGN_OR_RETURN(BundleFile file, Describe(bundle_directory, *entry));
      files.push_back(std::move(file));
    }
    if (!error) entry.increment(error);
    if (error) return ErrorCodeToStatus(error, "list", bundle_directory);
  }
  std::sort(files.begin(), files.end(),
            [](const BundleFile& a, const BundleFile& b) { return a.path < b.path; });
  return files;
}

bool IsBundlePath(absl::string_view path) {
  const std::vector<absl::string_view> components = absl::StrSplit(path, '/');
  return std::all_of(components.begin(), components.end(), IsPathComponent);
}

std::vector<absl::StatusOr<Sha256Digest>> DigestBundleFiles(const fs::path& bundle_directory,
                                                            absl::Span<const std::string> paths) {
  std::vector<absl::StatusOr<Sha256Digest>> digests(paths.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < paths.size(); i = next++) {
      digests[i] = Sha256OfFile(bundle_directory / paths[i]);
    }
  };
  const auto cores = static_cast<size_t>(BackgroundPace::OnThisThread() ? 1 : AvailableCores());
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(cores, paths.size()); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return digests;
}

}  // namespace provnet
