#include "server/service/refused_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "storage/base/clock.h"

namespace provnet {
namespace {

// RFC 9113, 4.1: length, type, flags, stream; all frames here are of stream 0, without flags.
std::string Frame(char type, const std::string& payload) {
  std::string frame(9, '\0');
  frame[2] = static_cast<char>(payload.size());
  frame[3] = type;
  return frame + payload;
}

std::string Farewell() {
  constexpr char kSettings = 4;
  constexpr char kGoAway = 7;
  constexpr char kEnhanceYourCalm = 11;
  // The last stream that was worked on (none), then the error.
  std::string reason(8, '\0');
  reason[7] = kEnhanceYourCalm;
  return Frame(kSettings, "") + Frame(kGoAway, reason + "too many connections");
}

constexpr size_t kMostLeaving = 64;
constexpr absl::Duration kPatience = absl::Seconds(1);

// Reads away what a client sends who can't know yet; false once it has ended.
bool StillSends(int connection) {
  // As much as is read here at a time; who sends more has waited for nothing.
  char block[4096];
  const ssize_t count = recv(connection, block, sizeof(block), MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

}  // namespace

void SayTooManyConnections(int connection) {
  static const auto* farewell = new std::string(Farewell());
  // A fresh socket has room for it.
  [[maybe_unused]] const ssize_t sent =
      send(connection, farewell->data(), farewell->size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

RefusedConnections::~RefusedConnections() {
  for (const Leaving& each : leaving_) close(each.connection);
}

void RefusedConnections::Take(int connection) {
  shutdown(connection, SHUT_WR);
  if (leaving_.size() == kMostLeaving) {
    close(leaving_.front().connection);
    leaving_.pop_front();
  }
  leaving_.push_back({connection, Clock::Steady().Monotonic() + kPatience});
}

void RefusedConnections::Tend() {
  const absl::Duration now = Clock::Steady().Monotonic();
  const auto gone = [now](const Leaving& each) {
    if (StillSends(each.connection) && now < each.until) return false;
    close(each.connection);
    return true;
  };
  leaving_.erase(std::remove_if(leaving_.begin(), leaving_.end(), gone), leaving_.end());
}

}  // namespace provnet
