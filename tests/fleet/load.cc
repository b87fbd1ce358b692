// provnet-fleet-load: callers that ask a fleet through the client library, and what became of their
// calls.
//
// Asks until its standard input ends, then prints one JSON object. Times are those of
// CLOCK_MONOTONIC, in seconds, so that whoever started it can tell what came before and after what
// it did to the fleet.
#include <atomic>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/time/clock.h"
#include "client/client.h"
#include "storage/base/mutex.h"

ABSL_FLAG(std::string, target, "", "the fleet, as gRPC names it");
ABSL_FLAG(int, callers, 12, "threads, one call each at a time");
ABSL_FLAG(int, clients, 1, "clients that the callers share, each with connections of its own");
ABSL_FLAG(double, rate, 0,
          "calls a second in all; 0: each caller asks again as soon as it is answered");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(10), "of a call, retries included");
ABSL_FLAG(absl::Duration, keepalive_time, provnet::KeepaliveOptions().time,
          "silence before a ping");
ABSL_FLAG(absl::Duration, keepalive_timeout, provnet::KeepaliveOptions().timeout,
          "wait for its answer");

namespace provnet {
namespace {

// What was seen of the calling thread's call: the client library waits in the thread of its caller,
// once before each further attempt.
struct Retries {
  int count = 0;
  // When the first attempt had failed.
  absl::Duration first;
};
thread_local Retries retries_of_this_call;

ClientOptions OptionsFromFlags() {
  ClientOptions options;
  options.target = absl::GetFlag(FLAGS_target);
  options.timeout = absl::GetFlag(FLAGS_timeout);
  options.keepalive = {absl::GetFlag(FLAGS_keepalive_time), absl::GetFlag(FLAGS_keepalive_timeout)};
  options.environment.sleep = [](absl::Duration wait) {
    if (retries_of_this_call.count++ == 0) retries_of_this_call.first = Clock::Steady().Monotonic();
    absl::SleepFor(wait);
  };
  return options;
}

v1::ExplainRequest Picture(int shade) {
  constexpr uint32_t kSide = 28;
  v1::ExplainRequest request;
  request.mutable_model()->set_name("digits");
  v1::Tensor& tensor = *request.mutable_tensor();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (const uint32_t extent : {1U, kSide, kSide}) tensor.mutable_spec()->add_shape(extent);
  for (uint32_t i = 0; i < kSide * kSide; ++i)
    tensor.mutable_data()->push_back(static_cast<char>(shade + 7 * static_cast<int>(i)));
  return request;
}

struct CallTimes {
  absl::Duration start, end;
};

// What became of the calls. Thread-safe.
class Outcomes {
 public:
  void Ended(const CallTimes& times, const Retries& retries,
             const absl::StatusOr<v1::ExplainResponse>& answer) {
    const MutexLock lock(mutex_);
    slowest_ = std::max(slowest_, times.end - times.start);
    retries_ += retries.count;
    if (retries.count > 0) retried_.push_back(Json(times, retries));
    if (answer.ok()) {
      ++versions_[std::to_string(answer->model().version())];
    } else {
      failed_.push_back(Json(times, retries));
      failed_.back()["status"] = answer.status().ToString();
    }
  }

  nlohmann::json Report() const {
    const MutexLock lock(mutex_);
    size_t answered = 0;
    for (const auto& [version, count] : versions_) answered += count;
    return {{"calls", answered + failed_.size()},
            {"failed", failed_},
            {"retries", retries_},
            {"retried", retried_},
            {"answers_by_version", versions_},
            {"slowest_seconds", absl::ToDoubleSeconds(slowest_)}};
  }

 private:
  static nlohmann::json Json(const CallTimes& times, const Retries& retries) {
    return {{"start", absl::ToDoubleSeconds(times.start)},
            {"end", absl::ToDoubleSeconds(times.end)},
            {"first_retry", absl::ToDoubleSeconds(retries.first)},
            {"retries", retries.count}};
  }

  mutable Mutex mutex_;
  int retries_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration slowest_ ABSL_GUARDED_BY(mutex_);
  std::vector<nlohmann::json> retried_ ABSL_GUARDED_BY(mutex_);
  std::vector<nlohmann::json> failed_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, size_t> versions_ ABSL_GUARDED_BY(mutex_);
};

// One caller: calls at its pace until `stop`.
void Ask(const Client& client, int number, const std::atomic<bool>& stop, Outcomes& outcomes) {
  const Clock& clock = Clock::Steady();
  const int callers = absl::GetFlag(FLAGS_callers);
  const double rate = absl::GetFlag(FLAGS_rate);
  const absl::Duration period = rate > 0 ? absl::Seconds(callers / rate) : absl::ZeroDuration();
  const v1::ExplainRequest request = Picture(number);
  absl::Duration due = clock.Monotonic() + period * number / callers;
  for (; !stop; due = std::max(due + period, clock.Monotonic() - period)) {
    absl::SleepFor(due - clock.Monotonic());
    retries_of_this_call = {};
    CallTimes times{.start = clock.Monotonic(), .end = {}};
    const auto answer = client.Explain(request);
    times.end = clock.Monotonic();
    outcomes.Ended(times, retries_of_this_call, answer);
  }
}

int Main() {
  std::vector<Client> clients;
  for (int i = 0; i < absl::GetFlag(FLAGS_clients); ++i) {
    absl::StatusOr<Client> client = Client::Create(OptionsFromFlags());
    if (!client.ok()) {
      std::cerr << "provnet-fleet-load: " << client.status().message() << "\n";
      return 1;
    }
    clients.push_back(*std::move(client));
  }
  Outcomes outcomes;
  std::atomic<bool> stop = false;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < absl::GetFlag(FLAGS_callers); ++i) {
      callers.emplace_back([&, i, &client = clients[static_cast<size_t>(i) % clients.size()]] {
        Ask(client, i, stop, outcomes);
      });
    }
    while (std::cin.get() != std::char_traits<char>::eof()) {
    }
    stop = true;
  }
  std::cout << outcomes.Report().dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return provnet::Main();
}
