#include "server/service/stop_request.h"

#include <cstdlib>

namespace provnet {

void StopRequest::Started(const Server& server) {
  const MutexLock lock(mutex_);
  server_ = &server;
}

void StopRequest::Ended() {
  const MutexLock lock(mutex_);
  ended_ = true;
  server_ = nullptr;
}

void StopRequest::Handle(int signal, int count) {
  const MutexLock lock(mutex_);
  if (ended_) return;
  const size_t in_flight = server_ == nullptr ? 0 : server_->in_flight();
  log_.Write(LogLevel::kInfo, "signal",
             {{"signal", signal}, {"count", count}, {"in_flight", in_flight}});
  if (count > 1) {
    log_.Write(LogLevel::kError, "stopped by a second signal", {{"requests_cut", in_flight}});
    std::_Exit(1);
  }
  if (server_ == nullptr) std::_Exit(0);
  stop_ = true;
  stopped_.SignalAll();
}

void StopRequest::AwaitStop() {
  const MutexLock lock(mutex_);
  while (!stop_) stopped_.Wait(mutex_);
}

}  // namespace provnet
