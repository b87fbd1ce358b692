#ifndef PROVNET_TRAINER_DISTRIBUTED_MEETING_H_
#define PROVNET_TRAINER_DISTRIBUTED_MEETING_H_

#include <c10/core/Device.h>

#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "trainer/distributed/environment.h"
#include "trainer/distributed/share.h"

namespace provnet {

// How the ranks find each other, by a store of texts that rank 0 serves. All functions throw what
// LibTorch throws when the store can't be reached.

// How long rank 0 still serves the store when it leaves early: some beats.
inline constexpr absl::Duration kFarewell = absl::Seconds(2);

// Opens the store at `address`, or serves it there.
c10::intrusive_ptr<c10d::TCPStore> OpenStore(const WorldAddress& address, bool serve,
                                             absl::Duration timeout);

// Opens the store, which rank 0 serves, and takes this rank's place in the meeting. A place that is
// taken is that of the same rank before a launcher started it again, and the others of that time
// have not noticed yet: waits until they have, and their store is gone. Throws when that takes
// longer than `timeout`.
c10::intrusive_ptr<c10d::TCPStore> EnterMeeting(const WorldAddress& address,
                                                absl::Duration timeout);

// Returns once all ranks have called it, with the same result at each: InvalidArgument when they
// compute on different kinds of devices, or two on one GPU. Throws when one does not come within
// `timeout`.
absl::Status MeetOthers(c10d::Store& store, RankOf who, c10::Device device, absl::Duration timeout);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_MEETING_H_
