#ifndef PROVNET_SERVER_SERVICE_ARENA_MESSAGES_H_
#define PROVNET_SERVER_SERVICE_ARENA_MESSAGES_H_

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <cstddef>

namespace provnet {

// Gives the messages of each call one arena, which goes with the call: the parts of an answer are
// then not allocated one by one, on the thread that computes, and freed on another. Thread-safe.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  // gRPC's until it releases them.
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Messages; }

 private:
  // Holds an answer with a dozen exemplars without their contents.
  static constexpr size_t kFirstBlock = 4096;

  class Messages final : public grpc::MessageHolder<Request, Response> {
   public:
    Messages() : arena_(Options(first_block_)) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    static google::protobuf::ArenaOptions Options(char* block) {
      google::protobuf::ArenaOptions options;
      options.initial_block = block;
      options.initial_block_size = kFirstBlock;
      return options;
    }

    alignas(std::max_align_t) char first_block_[kFirstBlock];
    google::protobuf::Arena arena_;
  };
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_ARENA_MESSAGES_H_
