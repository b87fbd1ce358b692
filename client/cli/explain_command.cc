#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cli/command.h"
#include "client/cli/explanation.h"
#include "client/cli/explanation_json.h"
#include "client/cli/explanation_text.h"
#include "client/cli/flags.h"
#include "client/cli/html_page.h"
#include "client/cli/input_reader.h"
#include "client/cli/input_spec.h"
#include "storage/base/atomic_file.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// Inputs that are read, sent and shown together: enough to fill a stream, few enough for the
// memory.
constexpr size_t kInputsAtOnce = 64;

constexpr char kDetails[] =
    R"(Classifies each IMAGE and shows it beside the training samples that support the prediction.

IMAGE is a PNG or JPEG file, a folder of them, '-' for standard input, or
idx:FILE[#FIRST[:COUNT]] for images of a file in MNIST's format, gzipped or not; where its labels
file lies beside it, true labels are shown too.

  provnet explain photo.png
  provnet explain 'idx:mnist/t10k-images-idx3-ubyte.gz#0:20' --html=page.html
  provnet explain - --json < photo.png

Exits with 1 when an input could not be explained; the others are shown all the same.
)";

v1::ExplainRequest CompleteRequest(const Input& input) {
  v1::ExplainRequest request = RequestFor(input);
  *request.mutable_model() = ModelFromFlags();
  request.set_top_k(absl::GetFlag(FLAGS_top_k));
  request.set_include_exemplars(true);
  return request;
}

// Asks for those that could be read, together.
std::vector<Explanation> ExplainInputs(const Client& client, std::vector<InputOrError> inputs) {
  std::vector<v1::ExplainRequest> requests;
  for (const InputOrError& input : inputs) {
    if (input.input.ok()) requests.push_back(CompleteRequest(*input.input));
  }
  std::vector<absl::StatusOr<v1::ExplainResponse>> responses;
  if (requests.size() == 1) {
    responses.push_back(client.Explain(requests[0]));
  } else if (!requests.empty()) {
    responses = client.ExplainAll(requests);
  }
  std::vector<Explanation> explanations;
  size_t next = 0;
  for (InputOrError& input : inputs) {
    if (!input.input.ok()) {
      explanations.push_back({std::move(input.name), std::nullopt, input.input.status()});
      continue;
    }
    explanations.push_back(
        {std::move(input.name), *std::move(input.input), std::move(responses[next++])});
  }
  return explanations;
}

// Everything that is written while explanations come in.
class Output {
 public:
  Output(const Client& client, Console& console)
      : client_(client),
        console_(console),
        json_(absl::GetFlag(FLAGS_json)),
        html_(absl::GetFlag(FLAGS_html)) {}

  void Show(const Explanation& explanation) {
    if (!prepared_ && explanation.response.ok()) Prepare(explanation.response->model());
    ++shown_;
    if (!explanation.response.ok()) ReportFailure(explanation);
    if (!html_.empty()) pending_page_.push_back(explanation);
    if (!json_.empty()) {
      ShowJson(explanation);
    } else if (explanation.response.ok()) {
      console_.out << ExplanationText(explanation, model_.manifest(), console_.terminal)
                   << std::flush;
    }
    if (prepared_) FillPage();
  }

  absl::StatusOr<int> Finish() {
    if (!json_.empty() && json_ != "-") PROVNET_RETURN_IF_ERROR(EmitJson(json_document_, console_));
    if (!html_.empty()) {
      if (page_ == nullptr) page_ = std::make_unique<HtmlPage>(model_, absl::Now());
      FillPage();
      PROVNET_RETURN_IF_ERROR(WriteFileAtomically(html_, page_->Render()));
      console_.err << "wrote " << Printable(html_) << "\n";
    }
    if (failed_ == 0) return kExitOk;
    if (!hint_.empty()) console_.err << hint_ << "\n";
    console_.err << "provnet: " << failed_ << " of " << shown_ << " inputs failed\n";
    return kExitFailed;
  }

 private:
  // What the first answer makes known: class names and, for the page, the model's figures. Answers
  // are shown without them when the server does not tell.
  void Prepare(const v1::ModelVersion& model) {
    prepared_ = true;
    v1::GetModelRequest request;
    request.mutable_model()->set_name(model.name());
    request.mutable_model()->set_version(model.version());
    absl::StatusOr<v1::GetModelResponse> response = client_.GetModel(request);
    if (response.ok()) {
      model_ = *std::move(response);
    } else {
      *model_.mutable_info()->mutable_model() = model;
      console_.err << "provnet: no class names and figures: " << ErrorText(response.status())
                   << "\n";
    }
    if (!html_.empty()) page_ = std::make_unique<HtmlPage>(model_, absl::Now());
  }

  void ReportFailure(const Explanation& explanation) {
    ++failed_;
    console_.err << "provnet: " << Printable(explanation.name) << ": "
                 << ErrorText(explanation.response.status()) << "\n";
    if (hint_.empty()) hint_ = HintAfter(explanation.response.status());
  }

  void ShowJson(const Explanation& explanation) {
    const std::string line = ExplanationJson(explanation, absl::GetFlag(FLAGS_contents));
    if (json_ == "-") {
      console_.out << line << std::flush;
    } else {
      json_document_ += line;
    }
  }

  void FillPage() {
    for (const Explanation& explanation : pending_page_) page_->Add(explanation);
    pending_page_.clear();
  }

  const Client& client_;
  Console& console_;
  const std::string json_;
  const std::string html_;
  bool prepared_ = false;
  v1::GetModelResponse model_;
  std::unique_ptr<HtmlPage> page_;
  // Shown before the model was known: failures at the beginning.
  std::vector<Explanation> pending_page_;
  std::string json_document_;
  size_t shown_ = 0;
  size_t failed_ = 0;
  // After the first failure that there is one for.
  std::string hint_;
};

// The page and the JSON would overwrite each other.
absl::Status CheckFiles() {
  const std::string html = absl::GetFlag(FLAGS_html);
  const std::string json = absl::GetFlag(FLAGS_json);
  if (html == "-") return UsageError("--html=-; expected the name of a file");
  if (html.empty() || json.empty() || json == "-") return absl::OkStatus();
  if (std::filesystem::path(html).lexically_normal() !=
          std::filesystem::path(json).lexically_normal() ||
      std::filesystem::is_character_file(html))
    return absl::OkStatus();
  return UsageError(
      absl::StrCat("--html and --json both name ", html, "; expected a file for each"));
}

absl::StatusOr<int> RunExplain(const CommandLine& line, Console& console) {
  PROVNET_RETURN_IF_ERROR(CheckFiles());
  PROVNET_ASSIGN_OR_RETURN(std::vector<InputSpec> specs, ParseInputSpecs(line.arguments));
  PROVNET_ASSIGN_OR_RETURN(Client client, Connect());
  InputReader reader(std::move(specs), console.in);
  Output output(client, console);
  while (true) {
    std::vector<InputOrError> inputs = reader.Next(kInputsAtOnce);
    if (inputs.empty()) return output.Finish();
    for (const Explanation& explanation : ExplainInputs(client, std::move(inputs)))
      output.Show(explanation);
  }
}

}  // namespace

const Command& ExplainCommand() {
  static const Command* command =
      new Command{"explain",
                  "IMAGE...",
                  "classify images; show the training samples behind each prediction",
                  kDetails,
                  {"top_k", "html", "json", "contents"},
                  1,
                  std::numeric_limits<size_t>::max(),
                  RunExplain,
                  {{"contents", "json"}}};
  return *command;
}

}  // namespace provnet
