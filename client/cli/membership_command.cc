#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "client/cli/command.h"
#include "client/cli/flags.h"
#include "client/cli/input_reader.h"
#include "client/cli/input_spec.h"
#include "client/cli/membership_text.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// Inputs that are read before they are sent, for the memory.
constexpr size_t kInputsAtOnce = 64;

constexpr char kDetails[] =
    R"(Says for each IMAGE whether it was in the training set: a decision at a false-positive rate that you
choose, the p-value behind it, how many of the known members that finds, and the nearest sample.

IMAGE is as in 'provnet explain'; a file in MNIST's format may have its labels beside it.

  provnet membership photo.png --label=7
  provnet membership 'idx:mnist/train-images-idx3-ubyte.gz#0:20' --false-positive-rate=0.001 --json

"member" is no proof: of the records that are none, a share of --false-positive-rate is called so, and an
altered copy of a sample may be as well. Only "same bytes" compares bytes. The p-value holds for records
like those of the reference set. An answer tells something about the training set: mind who may ask.

Exits with 1 when an input could not be checked; the others are shown all the same.
)";

v1::CheckMembershipRequest RequestAbout(const Input& input) {
  v1::ExplainRequest same_input = RequestFor(input);
  v1::CheckMembershipRequest request;
  *request.mutable_model() = ModelFromFlags();
  if (same_input.has_tensor()) {
    *request.mutable_tensor() = std::move(*same_input.mutable_tensor());
  } else {
    request.set_encoded_image(std::move(*same_input.mutable_encoded_image()));
  }
  const auto label = absl::GetFlag(FLAGS_label);
  if (label.has_value()) {
    request.set_label(*label);
  } else if (input.true_label.has_value()) {
    request.set_label(*input.true_label);
  }
  request.set_false_positive_rate(absl::GetFlag(FLAGS_false_positive_rate));
  return request;
}

MembershipAnswer Ask(const Client& client, const InputOrError& input) {
  if (!input.input.ok()) return {input.name, std::nullopt, input.input.status()};
  const v1::CheckMembershipRequest request = RequestAbout(*input.input);
  MembershipAnswer answer{input.name, std::nullopt, client.CheckMembership(request)};
  if (request.has_label()) answer.label = request.label();
  return answer;
}

// Everything that is written while answers come in.
class Output {
 public:
  explicit Output(Console& console) : console_(console), json_(absl::GetFlag(FLAGS_json)) {}

  void Show(const MembershipAnswer& answer) {
    ++shown_;
    if (!answer.response.ok()) ReportFailure(answer);
    if (json_ == "-") {
      console_.out << MembershipJson(answer) << std::flush;
    } else if (!json_.empty()) {
      json_document_ += MembershipJson(answer);
    } else if (answer.response.ok()) {
      console_.out << MembershipText(answer, console_.terminal) << std::flush;
    }
  }

  absl::StatusOr<int> Finish() {
    if (!json_.empty() && json_ != "-") PROVNET_RETURN_IF_ERROR(EmitJson(json_document_, console_));
    if (failed_ == 0) return kExitOk;
    if (!hint_.empty()) console_.err << hint_ << "\n";
    console_.err << "provnet: " << failed_ << " of " << shown_ << " inputs failed\n";
    return kExitFailed;
  }

 private:
  void ReportFailure(const MembershipAnswer& answer) {
    ++failed_;
    console_.err << "provnet: " << Printable(answer.name) << ": "
                 << ErrorText(answer.response.status()) << "\n";
    if (hint_.empty()) hint_ = HintAfter(answer.response.status());
  }

  Console& console_;
  const std::string json_;
  std::string json_document_;
  size_t shown_ = 0;
  size_t failed_ = 0;
  // After the first failure that there is one for.
  std::string hint_;
};

absl::StatusOr<int> RunMembership(const CommandLine& line, Console& console) {
  const double rate = absl::GetFlag(FLAGS_false_positive_rate);
  // Negated, so that NaN fails.
  if (!(rate > 0 && rate < 1)) {
    return UsageError(
        absl::StrCat("--false-positive-rate=", rate, "; expected above 0 and below 1"));
  }
  PROVNET_ASSIGN_OR_RETURN(std::vector<InputSpec> specs, ParseInputSpecs(line.arguments));
  PROVNET_ASSIGN_OR_RETURN(Client client, Connect());
  InputReader reader(std::move(specs), console.in);
  Output output(console);
  while (true) {
    const std::vector<InputOrError> inputs = reader.Next(kInputsAtOnce);
    if (inputs.empty()) return output.Finish();
    for (const InputOrError& input : inputs) output.Show(Ask(client, input));
  }
}

}  // namespace

const Command& MembershipCommand() {
  static const Command* command = new Command{"membership",
                                              "IMAGE...",
                                              "say whether images were in the training set",
                                              kDetails,
                                              {"label", "false_positive_rate", "json"},
                                              1,
                                              std::numeric_limits<size_t>::max(),
                                              RunMembership};
  return *command;
}

}  // namespace provnet
