#include "client/cli/command.h"

#include <algorithm>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/flags.h"
#include "client/cli/server_hint.h"
#include "client/cli/tls_flags.h"
#include "storage/base/atomic_file.h"
#include "storage/base/status_macros.h"
#include "storage/base/version.h"

namespace provnet {
namespace {

constexpr char kUsagePayload[] = "provnet.dev/usage";
// Every command that talks to a server, and all do.
constexpr absl::string_view kCommonFlags[] = {
    "server", "timeout",  "model",   "model_version",   "token_file",
    "tls_ca", "tls_cert", "tls_key", "tls_server_name", "allow_plaintext_token"};
// Abseil keeps the plain name for itself in programs that link its parser.
constexpr std::pair<absl::string_view, absl::string_view> kSpellings[] = {
    {"model_version", "version"}};
constexpr FlagPair kCommonNeeds[] = {{"allow_plaintext_token", "token_file"}};

std::vector<const Command*> Commands() {
  return {&ExplainCommand(), &ExemplarsCommand(), &MembershipCommand(), &ModelsCommand(),
          &BenchCommand()};
}

std::string Overview() {
  std::string text =
      "provnet asks a ProvNet server what its models predict, and which training samples support "
      "it.\n\n"
      "Usage: provnet COMMAND [ARGUMENT...] [--FLAG=VALUE...]\n\n";
  for (const Command* command : Commands()) {
    absl::StrAppendFormat(&text, "  %-22s %s\n",
                          absl::StrCat(command->name, " ", command->arguments), command->summary);
  }
  return absl::StrCat(
      text, "\nThe server is at 127.0.0.1:8500 unless --server=HOST or HOST:PORT says otherwise.\n",
      "'provnet COMMAND --help' explains a command, 'provnet --version' names this version.\n");
}

std::string Spelling(absl::string_view flag) {
  return FlagSpelling(flag, {std::begin(kSpellings), std::end(kSpellings)});
}

std::string FlagLine(absl::string_view name) {
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  const std::string value = flag->DefaultValue();
  const bool has_default = !value.empty() && value != "0" && value != "false";
  return absl::StrFormat("  %-20s %s%s\n", Spelling(name), flag->Help(),
                         has_default ? absl::StrCat(" (", value, ")") : "");
}

std::string HelpFor(const Command& command) {
  std::string text = absl::StrCat("Usage: provnet ", command.name, " ", command.arguments,
                                  command.arguments.empty() ? "" : " ", "[--FLAG=VALUE...]\n\n",
                                  command.details, "\n");
  for (absl::string_view name : command.flags) absl::StrAppend(&text, FlagLine(name));
  absl::StrAppend(&text, "\nEvery command:\n");
  for (absl::string_view name : kCommonFlags) absl::StrAppend(&text, FlagLine(name));
  return text;
}

// Was given, and not as what it is anyway.
bool IsSet(const absl::flat_hash_set<std::string>& given, absl::string_view name) {
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return given.contains(name) && flag->CurrentValue() != flag->DefaultValue();
}

// OK unless a flag would be ignored.
absl::Status CheckFlags(const Command& command, const absl::flat_hash_set<std::string>& given) {
  std::vector<FlagPair> needs(std::begin(kCommonNeeds), std::end(kCommonNeeds));
  needs.insert(needs.end(), command.needs.begin(), command.needs.end());
  for (const auto& [flag, other] : needs) {
    if (!IsSet(given, flag) || IsSet(given, other)) continue;
    return absl::InvalidArgumentError(absl::StrCat(Spelling(flag), " applies with ",
                                                   Spelling(other), " only, which is not given"));
  }
  for (const auto& [flag, other] : command.excludes) {
    if (!IsSet(given, flag) || !IsSet(given, other)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(Spelling(flag), " does not apply with ", Spelling(other), "; leave one out"));
  }
  return absl::OkStatus();
}

// Found before the server works rather than after.
absl::Status CheckOutputFiles() {
  for (const std::string& file : {absl::GetFlag(FLAGS_json), absl::GetFlag(FLAGS_html)}) {
    if (!file.empty() && file != "-") PROVNET_RETURN_IF_ERROR(CheckWritable(file));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> RunChecked(const Command& command, const CommandLine& line, Console& console) {
  PROVNET_RETURN_IF_ERROR(CheckOutputFiles());
  return command.run(line, console);
}

int PrintUsageError(absl::string_view message, const std::string& help, Console& console) {
  console.err << "provnet: " << message << "\nSee '" << help << "'.\n";
  return kExitUsage;
}

int Run(const Command& command, absl::Span<const std::string> args, Console& console) {
  const std::string help = absl::StrCat("provnet ", command.name, " --help");
  KnownFlags known{command.flags, {std::begin(kSpellings), std::end(kSpellings)}, {{"json", "-"}}};
  known.names.insert(known.names.end(), std::begin(kCommonFlags), std::end(kCommonFlags));
  const absl::StatusOr<CommandLine> line = ParseCommandLine(args, known);
  if (!line.ok()) return PrintUsageError(line.status().message(), help, console);
  if (line->help) {
    console.out << HelpFor(command);
    return kExitOk;
  }
  const size_t count = line->arguments.size();
  if (count < command.min_arguments || count > command.max_arguments) {
    return PrintUsageError(
        absl::StrCat("'", command.name, "' takes ",
                     command.arguments.empty() ? "no argument" : command.arguments, "; got ", count,
                     " argument", count == 1 ? "" : "s"),
        help, console);
  }
  if (const absl::Status flags_fit = CheckFlags(command, line->flags); !flags_fit.ok())
    return PrintUsageError(flags_fit.message(), help, console);
  absl::StatusOr<int> exit_code = RunChecked(command, *line, console);
  if (exit_code.ok()) return *exit_code;
  if (exit_code.status().GetPayload(kUsagePayload).has_value()) {
    return PrintUsageError(exit_code.status().message(), help, console);
  }
  console.err << "provnet: " << ErrorText(exit_code.status()) << "\n";
  const std::string hint = HintAfter(exit_code.status());
  if (!hint.empty()) console.err << hint << "\n";
  return kExitFailed;
}

}  // namespace

int RunProvnet(absl::Span<const std::string> args, Console& console) {
  if (args.empty()) {
    console.err << Overview();
    return kExitUsage;
  }
  if (args[0] == "--help" || args[0] == "-h" || args[0] == "help") {
    console.out << Overview();
    return kExitOk;
  }
  if (args[0] == "--version") {
    console.out << "provnet " << kVersion << "\n";
    return kExitOk;
  }
  for (const Command* command : Commands()) {
    if (command->name == args[0]) return Run(*command, args.subspan(1), console);
  }
  return PrintUsageError(absl::StrCat("unknown command \"", args[0], "\""), "provnet --help",
                         console);
}

absl::StatusOr<Client> Connect() {
  absl::StatusOr<ClientOptions> options = ClientOptionsFromFlags();
  if (!options.ok()) return UsageError(options.status().message());
  absl::StatusOr<Client> client = Client::Create(*std::move(options));
  if (!client.ok()) return UsageError(client.status().message());
  return client;
}

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsagePayload, absl::Cord("1"));
  return status;
}

std::string ErrorText(const absl::Status& status) {
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", Printable(status.message()));
}

std::string HintAfter(const absl::Status& status) {
  const absl::StatusOr<std::string> server = ServerFromFlags();
  if (!server.ok()) return "";
  return ServerHint(status, Printable(*server), !absl::GetFlag(FLAGS_tls_ca).empty());
}

absl::Status EmitJson(absl::string_view json, Console& console) {
  const std::string target = absl::GetFlag(FLAGS_json);
  if (target != "-") return WriteFileAtomically(target, json);
  console.out << json;
  return absl::OkStatus();
}

}  // namespace provnet
