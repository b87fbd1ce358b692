#ifndef PROVNET_TESTS_INTEGRATION_SERVER_PROCESS_H_
#define PROVNET_TESTS_INTEGRATION_SERVER_PROCESS_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "client/client.h"
#include "tests/testing/child_process.h"

namespace provnet {

// The real provnet-server on loopback ports of the system's choice. Killed when destroyed. Not
// thread-safe.
class ServerProcess {
 public:
  // Returns once the server is ready or has ended; `flags` come after --model-repository, --listen
  // and --http.
  ServerProcess(const std::filesystem::path& repository, const std::vector<std::string>& flags,
                const std::filesystem::path& scratch);

  // Whether it became ready.
  bool ready() const { return !grpc_.empty(); }
  // "127.0.0.1:<port>".
  const std::string& grpc() const { return grpc_; }
  const std::string& http() const { return http_; }
  ChildProcess& process() { return *process_; }

  // A client of this server without retries: what the server says is what the test sees.
  Client OneShotClient() const;

 private:
  std::unique_ptr<ChildProcess> process_;
  std::string grpc_;
  std::string http_;
};

// The repository that the fixture "trained_models" made: models "digits" (class-conditional) and
// "vectors" (embedding), both on glyphs:kTrainedGlyphs with seed kTrainedSeed.
std::filesystem::path TrainedRepository();
// That of the same fixture with one model, "members": class-conditional, tiny, on 40 % of the same
// glyphs, with what is left over as its membership reference.
std::filesystem::path MemberRepository();
inline constexpr uint64_t kTrainedGlyphs = 2000;
inline constexpr uint64_t kTrainedSeed = 1;

}  // namespace provnet

#endif  // PROVNET_TESTS_INTEGRATION_SERVER_PROCESS_H_
