#ifndef PROVNET_TESTS_TRAINER_DISTRIBUTED_RANKS_H_
#define PROVNET_TESTS_TRAINER_DISTRIBUTED_RANKS_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "tests/testing/free_port.h"
#include "trainer/distributed/world.h"

namespace provnet {

// Runs `work` in `ranks` threads, each of them one rank of a world of its own.
inline void WithRanks(uint32_t ranks, const std::function<void(World&)>& work,
                      const WorldOptions& options = {}) {
  setenv("GLOO_SOCKET_IFNAME", "lo", 1);
  const uint16_t port = FreePort();
  std::vector<std::thread> threads;
  for (uint32_t rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      const auto world = JoinWorld({"127.0.0.1", port, {rank, ranks}}, options);
      ASSERT_TRUE(world.ok()) << world.status();
      work(**world);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_DISTRIBUTED_RANKS_H_
