#ifndef PROVNET_SERVER_LIFECYCLE_BACKGROUND_THREAD_H_
#define PROVNET_SERVER_LIFECYCLE_BACKGROUND_THREAD_H_

#include <functional>

namespace provnet {

// Runs `work` to its end on a thread of its own that yields to all others (nice 10, which the
// threads that it starts inherit, and which can't be taken back): verifying and loading a version
// shall take what the serving ones leave.
void RunInBackground(const std::function<void()>& work);

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_BACKGROUND_THREAD_H_
