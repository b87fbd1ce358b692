#include "trainer/faithfulness/retrain_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

using nlohmann::json;

absl::Status CheckIdentity(const std::filesystem::path& path, const json& recorded,
                           const std::map<std::string, std::string>& identity) {
  for (const auto& [name, value] : identity) {
    const std::string other = recorded.value(name, "missing");
    if (other == value) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        path.string(), " belongs to another study: its ", name, " is ", other, ", expected ", value,
        "; choose another --work-dir, or remove the file to start over"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<RetrainJournal>> RetrainJournal::Open(
    const std::filesystem::path& path, const std::map<std::string, std::string>& identity) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file.valid()) return ErrnoToStatus(errno, "open", path);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path.string(), " is in use by another process"));
  }
  std::unique_ptr<RetrainJournal> journal(new RetrainJournal(path, std::move(file)));
  PROVNET_RETURN_IF_ERROR(journal->Load(identity));
  return journal;
}

absl::Status RetrainJournal::Load(const std::map<std::string, std::string>& identity) {
  PROVNET_ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
  const size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  if (whole < text.size() && ftruncate(file_.get(), static_cast<off_t>(whole)) != 0) {
    return ErrnoToStatus(errno, "truncate", path_);
  }
  if (whole == 0) return WriteLine(json{{"identity", identity}}.dump());
  absl::MutexLock lock(&mutex_);
  size_t number = 0;
  for (size_t begin = 0; begin < whole;) {
    const size_t end = text.find('\n', begin);
    const json line = json::parse(text.begin() + static_cast<ptrdiff_t>(begin),
                                  text.begin() + static_cast<ptrdiff_t>(end), nullptr, false);
    begin = end + 1;
    const char* field = ++number == 1 ? "identity" : "margins";
    if (!line.is_object() || !line.contains(field)) {
      return absl::DataLossError(absl::StrCat(path_.string(), ": line ", number, " has no \"",
                                              field, "\"; remove the file to start over"));
    }
    if (number == 1) {
      PROVNET_RETURN_IF_ERROR(CheckIdentity(path_, line["identity"], identity));
    } else {
      results_[line["fit"].get<std::string>()] = line["margins"].get<std::vector<float>>();
    }
  }
  return absl::OkStatus();
}

absl::optional<std::vector<float>> RetrainJournal::Find(absl::string_view key) const {
  absl::MutexLock lock(&mutex_);
  const auto found = results_.find(std::string(key));
  if (found == results_.end()) return absl::nullopt;
  return found->second;
}

absl::Status RetrainJournal::Append(absl::string_view key, const std::vector<float>& margins) {
  const std::string line = json{{"fit", std::string(key)}, {"margins", margins}}.dump();
  absl::MutexLock lock(&mutex_);
  results_[std::string(key)] = margins;
  return WriteLine(line);
}

absl::Status RetrainJournal::WriteLine(absl::string_view line) {
  const std::string text = absl::StrCat(line, "\n");
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = write(file_.get(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoToStatus(errno, "write", path_);
    written += static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

size_t RetrainJournal::size() const {
  absl::MutexLock lock(&mutex_);
  return results_.size();
}

}  // namespace provnet
