#include "storage/bundle_writer.h"

#include <fcntl.h>
#include <stdio.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_files.h"
#include "storage/bundle_layout.h"
#include "storage/manifest.h"
#include "storage/repository.h"
#include "storage/staging_directory.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

bool IsModelName(absl::string_view name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
}

// Renames a folder unless something is called `to` already. Returns 0 or an errno.
int RenameNoReplace(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  // A file system without the flag: rename(2) replaces a folder only when it is empty, and a
  // version never is.
  if (errno != EINVAL && errno != ENOSYS) return errno;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

// What the caller has put into the staging folder, digested.
absl::StatusOr<std::vector<v1::FileEntry>> DescribeFiles(const fs::path& directory) {
  PROVNET_ASSIGN_OR_RETURN(const std::vector<BundleFile> files, ListBundleFiles(directory));
  std::vector<std::string> paths;
  for (const BundleFile& file : files) {
    if (!file.is_regular || !IsBundlePath(file.path) || file.path == kManifestFile ||
        file.path == kManifestDigestFile) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.path, " in ", directory.string(),
                       " can't be published: expected regular files with names of "
                       "[A-Za-z0-9._+-], other than the manifest"));
    }
    paths.push_back(file.path);
  }
  const std::vector<absl::StatusOr<Sha256Digest>> digests = DigestBundleFiles(directory, paths);
  std::vector<v1::FileEntry> entries(files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    PROVNET_RETURN_IF_ERROR(digests[i].status());
    entries[i].set_path(files[i].path);
    entries[i].set_size_bytes(files[i].size_bytes);
    entries[i].set_sha256(ToHex(*digests[i]));
  }
  return entries;
}

// Every file, then every folder that holds one.
absl::Status SyncTree(const fs::path& directory, const std::vector<v1::FileEntry>& files) {
  std::set<fs::path> folders = {directory};
  for (const v1::FileEntry& file : files) {
    PROVNET_RETURN_IF_ERROR(SyncPath(directory / file.path()));
    for (fs::path folder = fs::path(file.path()).parent_path(); !folder.empty();
         folder = folder.parent_path()) {
      folders.insert(directory / folder);
    }
  }
  for (const fs::path& folder : folders) PROVNET_RETURN_IF_ERROR(SyncPath(folder));
  return absl::OkStatus();
}

absl::Status WriteManifest(const fs::path& directory, const v1::BundleManifest& manifest) {
  PROVNET_ASSIGN_OR_RETURN(const std::string json, EncodeManifest(manifest));
  PROVNET_RETURN_IF_ERROR(WriteFileDurably(directory / kManifestFile, json));
  PROVNET_RETURN_IF_ERROR(
      WriteFileDurably(directory / kManifestDigestFile, ManifestDigestLine(json)));
  return SyncPath(directory);
}

class StagedBundleWriter final : public BundleWriter {
 public:
  StagedBundleWriter(fs::path model_directory, std::unique_ptr<StagingDirectory> staging)
      : model_directory_(std::move(model_directory)), staging_(std::move(staging)) {}

  const fs::path& staging_directory() const override { return staging_->path(); }

  absl::StatusOr<v1::BundleManifest> Publish(v1::BundleManifest manifest) override {
    if (std::exchange(publish_called_, true)) {
      return absl::FailedPreconditionError("Publish was called before on this BundleWriter");
    }
    manifest.set_schema_version(kBundleSchemaVersion);
    manifest.set_model(model_directory_.filename().string());
    if (!manifest.has_created()) {
      *manifest.mutable_created() = google::protobuf::util::TimeUtil::GetCurrentTime();
    }
    PROVNET_ASSIGN_OR_RETURN(const std::vector<v1::FileEntry> files,
                             DescribeFiles(staging_->path()));
    manifest.mutable_files()->Assign(files.begin(), files.end());
    PROVNET_RETURN_IF_ERROR(SyncTree(staging_->path(), files));
    return RenameToNextVersion(std::move(manifest));
  }

 private:
  // Takes the first free number above all published ones. Other processes do the same: whoever
  // renames first has it, the others try the next.
  absl::StatusOr<v1::BundleManifest> RenameToNextVersion(v1::BundleManifest manifest) {
    uint64_t last_tried = 0;
    while (true) {
      PROVNET_ASSIGN_OR_RETURN(const std::vector<uint64_t> versions,
                               ListVersions(model_directory_));
      last_tried = std::max(last_tried, versions.empty() ? 0 : versions.back());
      if (last_tried++ == std::numeric_limits<uint64_t>::max()) {
        return absl::ResourceExhaustedError(
            absl::StrCat(model_directory_.string(), ": no version number is left"));
      }
      manifest.set_version(last_tried);
      PROVNET_RETURN_IF_ERROR(WriteManifest(staging_->path(), manifest));
      const fs::path target = model_directory_ / std::to_string(last_tried);
      const int error = RenameNoReplace(staging_->path(), target);
      if (error == EEXIST || error == ENOTEMPTY || error == ENOTDIR) continue;
      if (error != 0) return ErrnoToStatus(error, "publish", target);
      PROVNET_RETURN_IF_ERROR(SyncOrWithdraw(target));
      staging_->Release();
      return manifest;
    }
  }

  // A version whose name might not survive a crash is taken back.
  absl::Status SyncOrWithdraw(const fs::path& target) {
    absl::Status synced = SyncPath(model_directory_);
    if (!synced.ok()) RenameNoReplace(target, staging_->path());
    return synced;
  }

  const fs::path model_directory_;
  const std::unique_ptr<StagingDirectory> staging_;
  bool publish_called_ = false;
};

// Creates the folder and its missing parents. Once this has returned OK, a crash loses none of
// their names: each was synced with the folder that holds it.
absl::Status CreateModelDirectory(const fs::path& directory) {
  const fs::path parent = directory.has_parent_path() ? directory.parent_path() : fs::path(".");
  std::error_code error;
  if (!fs::exists(parent, error)) PROVNET_RETURN_IF_ERROR(CreateModelDirectory(parent));
  const bool created = fs::create_directory(directory, error);
  if (error) return ErrorCodeToStatus(error, "create folder", directory);
  return created ? SyncPath(parent) : absl::OkStatus();
}

// "repository/name/" has an empty last component.
fs::path WithoutSlash(const fs::path& directory) {
  return directory.has_filename() ? directory : directory.parent_path();
}

}  // namespace

absl::Status CheckModelName(const fs::path& model_directory) {
  const std::string model = WithoutSlash(model_directory).filename().string();
  if (IsModelName(model)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("model name \"", model, "\" in ", model_directory.string(),
                   ": expected [A-Za-z0-9._-]+ without a dot in front"));
}

absl::StatusOr<std::unique_ptr<BundleWriter>> BundleWriter::Create(
    const fs::path& model_directory) {
  PROVNET_RETURN_IF_ERROR(CheckModelName(model_directory));
  const fs::path directory = WithoutSlash(model_directory);
  PROVNET_RETURN_IF_ERROR(CreateModelDirectory(directory));
  RemoveOrphanedStagingDirectories(directory);
  PROVNET_ASSIGN_OR_RETURN(std::unique_ptr<StagingDirectory> staging,
                           StagingDirectory::Create(directory));
  return std::make_unique<StagedBundleWriter>(directory, std::move(staging));
}

}  // namespace provnet
