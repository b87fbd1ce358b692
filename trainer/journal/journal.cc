#include "trainer/journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

using nlohmann::json;

absl::Status CheckIdentity(const std::filesystem::path& path, const json& recorded,
                           const StudyIdentity& identity) {
  for (const auto& [name, value] : identity) {
    const auto field = recorded.find(name);
    const std::string other =
        field == recorded.end() || !field->is_string() ? "missing" : field->get<std::string>();
    if (other == value) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        path.string(), " belongs to another study: its ", name, " is ", other, ", expected ", value,
        "; choose another --work-dir, or remove the file to start over"));
  }
  return absl::OkStatus();
}

// Whether `value` can be read as an array of numbers, or as an object of them.
bool Holds(const json& value, const std::vector<float>*) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_number(); });
}
bool Holds(const json& value, const std::map<std::string, double>*) {
  return value.is_object() &&
         std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_number(); });
}

}  // namespace

template <typename Value>
absl::StatusOr<std::unique_ptr<Journal<Value>>> Journal<Value>::Open(
    const std::filesystem::path& path, const StudyIdentity& identity) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file.valid()) return ErrnoToStatus(errno, "open", path);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path.string(), " is in use by another process"));
  }
  std::unique_ptr<Journal> journal(new Journal(path, std::move(file), identity));
  PROVNET_RETURN_IF_ERROR(journal->Load());
  return journal;
}

template <typename Value>
absl::Status Journal<Value>::Load() {
  PROVNET_ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
  const MutexLock lock(mutex_);
  whole_bytes_ = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  torn_ = whole_bytes_ < text.size();
  PROVNET_RETURN_IF_ERROR(DropTornLine());
  size_t number = 0;
  for (size_t begin = 0; begin < whole_bytes_;) {
    const size_t end = text.find('\n', begin);
    PROVNET_RETURN_IF_ERROR(LoadLine(++number, absl::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return absl::OkStatus();
}

template <typename Value>
absl::Status Journal<Value>::LoadLine(size_t number, absl::string_view text) {
  const json line = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  const char* field = number == 1 ? "identity" : "result";
  const bool sane = line.is_object() && line.contains(field) &&
                    (number == 1 ? line[field].is_object()
                                 : Holds(line[field], static_cast<const Value*>(nullptr)) &&
                                       line.contains("step") && line["step"].is_string());
  if (!sane) {
    return absl::DataLossError(absl::StrCat(path_.string(), ": line ", number, " has no \"", field,
                                            "\" of this kind; remove the file to start over"));
  }
  if (number == 1) return CheckIdentity(path_, line[field], identity_);
  results_[line["step"].get<std::string>()] = line[field].get<Value>();
  return absl::OkStatus();
}

template <typename Value>
absl::optional<Value> Journal<Value>::Find(absl::string_view key) const {
  const MutexLock lock(mutex_);
  const auto found = results_.find(key);
  if (found == results_.end()) return absl::nullopt;
  return found->second;
}

template <typename Value>
absl::Status Journal<Value>::Append(absl::string_view key, const Value& value) {
  std::string lines =
      absl::StrCat(json{{"step", std::string(key)}, {"result", value}}.dump(), "\n");
  const MutexLock lock(mutex_);
  if (whole_bytes_ == 0) lines.insert(0, json{{"identity", identity_}}.dump() + "\n");
  PROVNET_RETURN_IF_ERROR(DropTornLine());
  if (const absl::Status written = Write(lines); !written.ok()) {
    // Where this fails too, the next call tries again before it writes.
    DropTornLine().IgnoreError();
    return written;
  }
  results_[std::string(key)] = value;
  return absl::OkStatus();
}

template <typename Value>
absl::Status Journal<Value>::Write(absl::string_view text) {
  torn_ = true;
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = write(file_.get(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoToStatus(errno, "write", path_);
    written += static_cast<size_t>(count);
  }
  torn_ = false;
  whole_bytes_ += text.size();
  return absl::OkStatus();
}

template <typename Value>
absl::Status Journal<Value>::DropTornLine() {
  if (torn_ && ftruncate(file_.get(), static_cast<off_t>(whole_bytes_)) != 0) {
    return ErrnoToStatus(errno, "truncate", path_);
  }
  torn_ = false;
  return absl::OkStatus();
}

template <typename Value>
size_t Journal<Value>::size() const {
  const MutexLock lock(mutex_);
  return results_.size();
}

template class Journal<std::vector<float>>;
template class Journal<std::map<std::string, double>>;

}  // namespace provnet
