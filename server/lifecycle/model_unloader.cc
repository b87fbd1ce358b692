#include "server/lifecycle/model_unloader.h"

#include <deque>
#include <thread>
#include <utility>

#include "storage/base/mutex.h"

namespace provnet {

// Where models wait for their end, and the thread that brings it.
class ModelUnloader::Exit {
 public:
  explicit Exit(OnUnloaded on_unloaded) : on_unloaded_(std::move(on_unloaded)) {}

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }

  void Close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
      changed_.SignalAll();
    }
    thread_.join();
  }

  void Take(std::unique_ptr<ServedModel> model) {
    const MutexLock lock(mutex_);
    if (closed_) return;
    waiting_.push_back(std::move(model));
    changed_.SignalOne();
  }

 private:
  // Null once there is nothing left and nothing to come.
  std::unique_ptr<ServedModel> Next() {
    const MutexLock lock(mutex_);
    while (waiting_.empty() && !closed_) changed_.Wait(mutex_);
    if (waiting_.empty()) return nullptr;
    std::unique_ptr<ServedModel> model = std::move(waiting_.front());
    waiting_.pop_front();
    return model;
  }

  void Run() {
    while (std::unique_ptr<ServedModel> model = Next()) {
      const std::string name = model->handle->manifest().model();
      const uint64_t version = model->handle->manifest().version();
      model.reset();
      if (on_unloaded_) on_unloaded_(name, version);
    }
  }

  const OnUnloaded on_unloaded_;
  std::thread thread_;

  Mutex mutex_;
  CondVar changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::unique_ptr<ServedModel>> waiting_ ABSL_GUARDED_BY(mutex_);
};

ModelUnloader::ModelUnloader(OnUnloaded on_unloaded)
    : exit_(std::make_shared<Exit>(std::move(on_unloaded))) {
  exit_->Start();
}

ModelUnloader::~ModelUnloader() { exit_->Close(); }

ServedModelHandle ModelUnloader::Own(std::unique_ptr<ServedModel> model) {
  return ServedModelHandle(model.release(), [exit = exit_](ServedModel* last) {
    exit->Take(std::unique_ptr<ServedModel>(last));
  });
}

}  // namespace provnet
