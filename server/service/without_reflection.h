#ifndef PROVNET_SERVER_SERVICE_WITHOUT_REFLECTION_H_
#define PROVNET_SERVER_SERVICE_WITHOUT_REFLECTION_H_

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/impl/server_builder_option.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace provnet {

// Takes reflection, which its library gives to every server of the process, away from one.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const std::string name = grpc::reflection::ProtoServerReflectionPlugin().name();
    const auto is_reflection = [&name](const auto& plugin) { return plugin->name() == name; };
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(), is_reflection), plugins->end());
  }
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_WITHOUT_REFLECTION_H_
