#include "tests/integration/server_process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>

namespace provnet {
namespace {

constexpr int kReadyTimeoutMs = 60'000;

// Blocks until `file` has been moved into its folder, the process has ended, or the timeout. No
// polling.
void AwaitFile(const std::filesystem::path& file, pid_t process) {
  const int watch = inotify_init1(IN_CLOEXEC);
  inotify_add_watch(watch, file.parent_path().c_str(), IN_MOVED_TO | IN_CLOSE_WRITE);
  const int child = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  while (!std::filesystem::exists(file)) {
    pollfd events[] = {{watch, POLLIN, 0}, {child, POLLIN, 0}};
    if (poll(events, 2, kReadyTimeoutMs) <= 0 || (events[1].revents & POLLIN) != 0) break;
    char drained[4096];
    if (read(watch, drained, sizeof drained) <= 0) break;
  }
  close(child);
  close(watch);
}

std::string ValueOf(const std::filesystem::path& file, const std::string& key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(key + "=", 0) == 0) return line.substr(key.size() + 1);
  }
  return "";
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& repository,
                             const std::vector<std::string>& flags,
                             const std::filesystem::path& scratch) {
  const std::filesystem::path ports = scratch / "ports";
  std::filesystem::remove(ports);
  std::vector<std::string> command = {
      (BinaryDirectory() / "provnet-server").string(), "--model-repository=" + repository.string(),
      "--listen=127.0.0.1:0", "--http=127.0.0.1:0", "--port-file=" + ports.string()};
  command.insert(command.end(), flags.begin(), flags.end());
  process_ = std::make_unique<ChildProcess>(command, scratch / "server.log");
  AwaitFile(ports, process_->pid());
  grpc_ = ValueOf(ports, "grpc");
  http_ = ValueOf(ports, "http");
}

Client ServerProcess::OneShotClient() const {
  ClientOptions options;
  options.target = grpc_;
  options.retry.max_attempts = 1;
  absl::StatusOr<Client> client = Client::Create(options);
  if (!client.ok()) throw std::runtime_error(client.status().ToString());
  return *std::move(client);
}

std::filesystem::path TrainedRepository() { return PROVNET_TRAINED_REPOSITORY; }

std::filesystem::path MemberRepository() { return PROVNET_MEMBER_REPOSITORY; }

}  // namespace provnet
