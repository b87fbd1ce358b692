#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/command.h"
#include "client/cli/explanation_json.h"
#include "client/cli/explanation_text.h"
#include "client/cli/flags.h"
#include "client/cli/picture.h"
#include "storage/base/atomic_file.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// Below any server's limit on one GetExemplars.
constexpr size_t kSamplesAtOnce = 64;

constexpr char kDetails[] =
    R"(Shows training samples by their index, as 'explain' names them.

  provnet exemplars 17 4211
  provnet exemplars 17 --save=samples --png

With --save, sample 17 becomes samples/17.png or .jpg, or .bin for raw tensors without --png.
)";

absl::StatusOr<std::vector<uint64_t>> ParseIndices(const std::vector<std::string>& arguments) {
  std::vector<uint64_t> indices;
  for (const std::string& argument : arguments) {
    uint64_t index;
    if (!absl::SimpleAtoi(argument, &index)) {
      return UsageError(
          absl::StrCat("\"", argument, "\" is no sample index; expected a number from 0 on"));
    }
    indices.push_back(index);
  }
  return indices;
}

absl::StatusOr<v1::GetExemplarsResponse> Fetch(const Client& client,
                                               const std::vector<uint64_t>& indices) {
  v1::GetExemplarsResponse all;
  for (size_t begin = 0; begin < indices.size(); begin += kSamplesAtOnce) {
    const size_t end = std::min(begin + kSamplesAtOnce, indices.size());
    v1::GetExemplarsRequest request;
    *request.mutable_model() = ModelFromFlags();
    for (size_t i = begin; i < end; ++i) request.add_sample_index(indices[i]);
    PROVNET_ASSIGN_OR_RETURN(v1::GetExemplarsResponse some, client.GetExemplars(request));
    *all.mutable_model() = some.model();
    all.set_disclosure(some.disclosure());
    all.mutable_samples()->MergeFrom(some.samples());
  }
  return all;
}

// The file's content and its extension.
absl::StatusOr<std::pair<std::string, std::string>> FileFor(const v1::SampleRecord& record) {
  const bool tensor = record.content_type() == kTensorContentType;
  if (tensor && !absl::GetFlag(FLAGS_png))
    return std::pair<std::string, std::string>(record.content(), ".bin");
  PROVNET_ASSIGN_OR_RETURN(Media media, MediaOf(record));
  return std::pair<std::string, std::string>(std::move(media.bytes),
                                             media.type == "image/png" ? ".png" : ".jpg");
}

absl::Status Save(const v1::GetExemplarsResponse& response, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return absl::ErrnoToStatus(error.value(), absl::StrCat("can't make the folder ", folder));
  for (const v1::StoredSample& stored : response.samples()) {
    PROVNET_ASSIGN_OR_RETURN(auto content_and_extension, FileFor(stored.sample()));
    const std::string name = absl::StrCat(stored.sample_index(), content_and_extension.second);
    PROVNET_RETURN_IF_ERROR(WriteFileAtomically((std::filesystem::path(folder) / name).string(),
                                                content_and_extension.first));
  }
  return absl::OkStatus();
}

// Whether it holds labels and nothing else, since the caller's role shows no more.
bool LabelsOnly(const v1::GetExemplarsResponse& response) {
  return response.disclosure() != v1::DISCLOSURE_UNSPECIFIED &&
         response.disclosure() < v1::DISCLOSURE_CONTENT;
}

std::string Facts(const v1::StoredSample& stored, bool label_only) {
  const v1::SampleRecord& record = stored.sample();
  if (label_only) {
    return absl::StrFormat("#%d  label %d  withheld: your role shows indices and labels only\n",
                           stored.sample_index(), record.label());
  }
  return absl::StrFormat("#%d  label %d  %s  %s, %d bytes\n", stored.sample_index(), record.label(),
                         Printable(record.source_id()), Printable(record.content_type()),
                         record.content().size());
}

void Draw(const v1::GetExemplarsResponse& response, Console& console) {
  const bool labels_only = LabelsOnly(response);
  std::vector<Figure> figures;
  for (const v1::StoredSample& stored : response.samples()) {
    figures.push_back({&stored.sample(), {absl::StrCat("#", stored.sample_index())}});
    console.out << Facts(stored, labels_only);
  }
  if (!labels_only) console.out << "\n" << FigureRows(figures, console.terminal);
}

absl::StatusOr<int> RunExemplars(const CommandLine& line, Console& console) {
  PROVNET_ASSIGN_OR_RETURN(std::vector<uint64_t> indices, ParseIndices(line.arguments));
  PROVNET_ASSIGN_OR_RETURN(Client client, Connect());
  PROVNET_ASSIGN_OR_RETURN(v1::GetExemplarsResponse response, Fetch(client, indices));
  const std::string folder = absl::GetFlag(FLAGS_save);
  if (!folder.empty()) {
    if (LabelsOnly(response)) {
      return absl::PermissionDeniedError(
          absl::StrCat("nothing for --save=", folder,
                       ": your role shows indices and labels of training samples only"));
    }
    PROVNET_RETURN_IF_ERROR(Save(response, folder));
    console.err << "wrote " << response.samples_size() << " samples to " << Printable(folder)
                << "\n";
  }
  if (!absl::GetFlag(FLAGS_json).empty()) {
    PROVNET_RETURN_IF_ERROR(EmitJson(absl::StrCat(ProtoJson(response), "\n"), console));
  } else if (folder.empty()) {
    Draw(response, console);
  }
  return kExitOk;
}

}  // namespace

const Command& ExemplarsCommand() {
  static const Command* command = new Command{"exemplars",
                                              "INDEX...",
                                              "show or save training samples by their index",
                                              kDetails,
                                              {"save", "png", "json"},
                                              1,
                                              std::numeric_limits<size_t>::max(),
                                              RunExemplars,
                                              {{"png", "save"}}};
  return *command;
}

}  // namespace provnet
