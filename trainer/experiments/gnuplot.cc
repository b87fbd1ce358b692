#include "trainer/experiments/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "trainer/experiments/plot_script.h"

extern char** environ;

namespace provnet {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<fs::path> MakeScratchFolder() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  std::string name = (parent / "provnet-plot-XXXXXX").string();
  if (error) return ErrorCodeToStatus(error, "find the folder for temporary files", parent);
  if (mkdtemp(name.data()) == nullptr) return ErrnoToStatus(errno, "create", name);
  return name;
}

// Runs "gnuplot SCRIPT" with its messages in `log`; its exit status.
absl::StatusOr<int> RunGnuplot(const fs::path& script, const fs::path& log) {
  std::string program = "gnuplot", argument = script.string();
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const absl::Cleanup destroy = [&] { posix_spawn_file_actions_destroy(&actions); };
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int error = posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  if (error == ENOENT) return absl::NotFoundError("gnuplot is not installed");
  if (error != 0) return ErrnoToStatus(error, "start", program);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoToStatus(errno, "wait for", program);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool HasPoints(const Plot& plot) {
  return std::any_of(plot.series.begin(), plot.series.end(),
                     [](const Series& series) { return !series.x.empty() && !series.y.empty(); });
}

}  // namespace

absl::StatusOr<std::string> DrawPlot(const Plot& plot, absl::string_view name) {
  if (!HasPoints(plot)) {
    return absl::InvalidArgumentError(absl::StrCat("the plot \"", plot.title, "\" has no points"));
  }
  PROVNET_ASSIGN_OR_RETURN(const fs::path folder, MakeScratchFolder());
  const absl::Cleanup remove = [&] {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  };
  const fs::path script = folder / "plot.gp", log = folder / "log", picture = folder / "plot.svg";
  PROVNET_RETURN_IF_ERROR(WriteFileDurably(script, PlotScript(plot, name, picture)));
  PROVNET_ASSIGN_OR_RETURN(const int exit_status, RunGnuplot(script, log));
  if (exit_status != 0) {
    const absl::StatusOr<std::string> words = ReadFile(log);
    return absl::InternalError(absl::StrCat("gnuplot could not draw \"", plot.title, "\": ",
                                            words.ok() ? *words : words.status().message()));
  }
  PROVNET_ASSIGN_OR_RETURN(const std::string text, ReadFile(picture));
  // Inside a page there is no XML prologue.
  const size_t begin = text.find("<svg"), end = text.rfind("</svg>");
  if (begin == std::string::npos || end == std::string::npos) {
    return absl::InternalError(
        absl::StrCat("gnuplot wrote something other than a picture for \"", plot.title, "\""));
  }
  return text.substr(begin, end + 6 - begin);
}

}  // namespace provnet
