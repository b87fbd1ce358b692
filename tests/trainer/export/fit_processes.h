#ifndef PROVNET_TESTS_TRAINER_EXPORT_FIT_PROCESSES_H_
#define PROVNET_TESTS_TRAINER_EXPORT_FIT_PROCESSES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/bundle_verifier.h"
#include "tests/testing/child_process.h"
#include "tests/testing/free_port.h"
#include "tests/testing/temp_dir.h"

namespace provnet {

using Command = std::vector<std::string>;

// A small fit without dropout, the only thing that ranks draw differently from one process.
inline Command FitCommand(const std::filesystem::path& output, const std::string& head) {
  return {(BinaryDirectory() / "provnet-train").string(),
          "fit",
          "--dataset=glyphs:400",
          "--size=tiny",
          "--head=" + head,
          "--epochs=4",
          "--batch-size=32",
          "--dropout=0",
          "--threads=1",
          "--device=cpu",
          "--membership-reference=none",
          absl::StrCat("--output=", output.string())};
}

// The same as one rank.
inline Command AsRank(uint32_t rank, uint32_t ranks, uint16_t port, const Command& command) {
  Command with = {"/usr/bin/env",
                  "GLOO_SOCKET_IFNAME=lo",
                  "MASTER_ADDR=127.0.0.1",
                  absl::StrCat("MASTER_PORT=", port),
                  absl::StrCat("RANK=", rank),
                  absl::StrCat("WORLD_SIZE=", ranks)};
  with.insert(with.end(), command.begin(), command.end());
  return with;
}

// Processes that fit together.
class Ranks {
 public:
  Ranks(uint32_t ranks, const Command& command) : Ranks(std::vector<Command>(ranks, command)) {}
  explicit Ranks(const std::vector<Command>& commands) {
    const uint16_t port = FreePort();
    const uint32_t ranks = static_cast<uint32_t>(commands.size());
    for (uint32_t rank = 0; rank < ranks; ++rank) {
      processes_.push_back(
          std::make_unique<ChildProcess>(AsRank(rank, ranks, port, commands[rank]), Log(rank)));
    }
  }

  // The exit codes of all, by rank.
  std::vector<int> Wait() {
    std::vector<int> codes;
    for (const auto& process : processes_) codes.push_back(process->Wait());
    return codes;
  }
  std::string log(uint32_t rank) const { return processes_[rank]->Log(); }

 private:
  std::filesystem::path Log(uint32_t rank) const { return folder_ / absl::StrCat("log", rank); }

  const TempDir folder_;
  std::vector<std::unique_ptr<ChildProcess>> processes_;
};

// The number after `name` in the line of epoch `epoch`.
inline double LossOf(const std::string& log, int epoch, const std::string& name) {
  const size_t line = log.find(absl::StrCat("epoch ", epoch, "/"));
  const size_t begin = log.find(name, line);
  if (line == std::string::npos || begin == std::string::npos) return -1;
  double value = -1;
  const std::string rest = log.substr(begin + name.size() + 1, 6);
  return absl::SimpleAtod(rest, &value) ? value : -1;
}

// Long enough to be interrupted: epochs take some tens of milliseconds.
inline Command LongFit(const std::filesystem::path& output) {
  Command command = FitCommand(output, "class-conditional");
  for (const char* flag : {"--dataset=glyphs:200", "--epochs=30", "--dropout=0.3"}) {
    command.push_back(flag);
  }
  return command;
}

// The digest of a published model.
inline std::string ModelDigest(const std::filesystem::path& bundle) {
  const auto manifest = VerifyBundle(bundle);
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  if (manifest.ok()) {
    for (const v1::FileEntry& file : manifest->files()) {
      if (file.path() == "model.pt") return file.sha256();
    }
  }
  return "";
}

// Names a test after the head that is its parameter.
inline std::string HeadTestName(const ::testing::TestParamInfo<const char*>& head) {
  std::string name = head.param;
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_EXPORT_FIT_PROCESSES_H_
