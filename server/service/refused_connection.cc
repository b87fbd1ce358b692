#include "server/service/refused_connection.h"

#include <sys/socket.h>

#include <string>

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

}  // namespace

void SayTooManyConnections(int connection) {
  static const auto* farewell = new std::string(Farewell());
  // A fresh socket has room for it.
  if (send(connection, farewell->data(), farewell->size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return;
  shutdown(connection, SHUT_WR);
}

}  // namespace provnet
