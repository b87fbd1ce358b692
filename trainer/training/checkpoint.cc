#include "trainer/training/checkpoint.h"

#include <torch/torch.h>

#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/model/torch_status.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/sha256.h"

namespace provnet {
namespace {

constexpr absl::string_view kHeader = "provnet-checkpoint 1\n";
// Hexadecimal digits of a SHA-256, and the end of its line.
constexpr size_t kDigestLine = 65;

std::string EncodeIdentity(const RunIdentity& identity) {
  return absl::StrJoin(identity, "\n", absl::PairFormatter("="));
}

RunIdentity DecodeIdentity(absl::string_view text) {
  RunIdentity identity;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> field = absl::StrSplit(line, absl::MaxSplits('=', 1));
    identity.insert(field);
  }
  return identity;
}

std::string ValueOrNone(const RunIdentity& identity, const std::string& name) {
  const auto it = identity.find(name);
  return it == identity.end() ? "(none)" : it->second;
}

absl::Status CheckSameRun(const RunIdentity& saved, const RunIdentity& wanted,
                          const std::filesystem::path& path) {
  RunIdentity all = saved;
  all.insert(wanted.begin(), wanted.end());
  std::vector<std::string> differences;
  for (const auto& [name, unused] : all) {
    const std::string before = ValueOrNone(saved, name), now = ValueOrNone(wanted, name);
    if (before != now) differences.push_back(absl::StrCat(name, " was ", before, " and is ", now));
  }
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the checkpoint ", path.string(),
                   " belongs to another run: ", absl::StrJoin(differences, "; "),
                   ". Give the same values to resume, or start over without --resume"));
}

// The archive inside the file, its digest verified.
absl::StatusOr<std::string> ReadPayload(const std::filesystem::path& path) {
  PROVNET_ASSIGN_OR_RETURN(std::string contents, ReadFile(path));
  const auto damaged = [&](absl::string_view why) {
    return absl::DataLossError(absl::StrCat("the checkpoint ", path.string(), " is damaged (", why,
                                            "): delete it and start over without --resume"));
  };
  if (!absl::StartsWith(contents, kHeader)) {
    return damaged(
        absl::StrCat("it doesn't start with '", kHeader.substr(0, kHeader.size() - 1), "'"));
  }
  if (contents.size() < kHeader.size() + kDigestLine) return damaged("it is cut short");
  const std::string digest = contents.substr(kHeader.size(), kDigestLine - 1);
  contents.erase(0, kHeader.size() + kDigestLine);
  if (ToHex(Sha256Of(contents)) != digest) return damaged("its SHA-256 differs");
  return contents;
}

std::string Archive(const RunIdentity& identity, const RunPosition& position,
                    const ProvenanceNetwork& network, const torch::optim::Optimizer& optimizer) {
  torch::serialize::OutputArchive archive, network_archive, optimizer_archive;
  archive.write("identity", EncodeIdentity(identity));
  archive.write("completed_epochs", static_cast<int64_t>(position.completed_epochs));
  archive.write("training_seconds", absl::ToDoubleSeconds(position.training_time));
  for (const auto& [name, tensor] : network.NamedState()) {
    network_archive.write(name, tensor.detach());
  }
  archive.write("network", network_archive);
  optimizer.save(optimizer_archive);
  archive.write("optimizer", optimizer_archive);
  std::ostringstream bytes;
  archive.save_to(bytes);
  return std::move(bytes).str();
}

void RestoreNetwork(torch::serialize::InputArchive& archive, ProvenanceNetwork& network) {
  torch::NoGradGuard no_gradient;
  for (auto& [name, tensor] : network.NamedState()) {
    at::Tensor saved;
    archive.read(name, saved);
    tensor.detach().copy_(saved);
  }
}

}  // namespace

bool CheckpointFile::Exists() const {
  std::error_code ignored;
  return std::filesystem::exists(path_, ignored);
}

absl::Status CheckpointFile::Save(const RunIdentity& identity, const RunPosition& position,
                                  const ProvenanceNetwork& network,
                                  const torch::optim::Optimizer& optimizer) const {
  return TryTorch(absl::StrCat("write the checkpoint ", path_.string()), [&] {
    const std::string payload = Archive(identity, position, network, optimizer);
    return WriteFileAtomically(path_,
                               absl::StrCat(kHeader, ToHex(Sha256Of(payload)), "\n", payload));
  });
}

absl::StatusOr<RunPosition> CheckpointFile::Restore(const RunIdentity& identity,
                                                    ProvenanceNetwork& network,
                                                    torch::optim::Optimizer& optimizer) const {
  PROVNET_ASSIGN_OR_RETURN(std::string payload, ReadPayload(path_));
  return TryTorch(
      absl::StrCat("read the checkpoint ", path_.string()), [&]() -> absl::StatusOr<RunPosition> {
        std::istringstream bytes(std::move(payload));
        torch::serialize::InputArchive archive, part;
        archive.load_from(bytes, network.device());
        c10::IValue value;
        archive.read("identity", value);
        PROVNET_RETURN_IF_ERROR(CheckSameRun(DecodeIdentity(value.toStringRef()), identity, path_));
        RunPosition position;
        archive.read("completed_epochs", value);
        position.completed_epochs = static_cast<uint32_t>(value.toInt());
        archive.read("training_seconds", value);
        position.training_time = absl::Seconds(value.toDouble());
        archive.read("network", part);
        RestoreNetwork(part, network);
        torch::serialize::InputArchive optimizer_part;
        archive.read("optimizer", optimizer_part);
        optimizer.load(optimizer_part);
        return position;
      });
}

}  // namespace provnet
