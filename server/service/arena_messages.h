#ifndef PROVNET_SERVER_SERVICE_ARENA_MESSAGES_H_
#define PROVNET_SERVER_SERVICE_ARENA_MESSAGES_H_

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

namespace provnet {

// Gives the messages of each call one arena, which goes with the call: the parts of an answer are
// then not allocated one by one, on the thread that computes, and freed one by one on another.
// Thread-safe.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  // gRPC's until it releases them.
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Messages; }

 private:
  // Each thread that allocates has blocks of its own: gRPC's for the messages themselves, and the
  // one that fills in the answer. This holds one with ten exemplars, without their contents.
  static constexpr size_t kBlock = 2048;

  class Messages final : public grpc::MessageHolder<Request, Response> {
   public:
    Messages() : arena_(Options()) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    static google::protobuf::ArenaOptions Options() {
      google::protobuf::ArenaOptions options;
      options.start_block_size = kBlock;
      return options;
    }

    google::protobuf::Arena arena_;
  };
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_ARENA_MESSAGES_H_
