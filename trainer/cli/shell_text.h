#ifndef PROVNET_TRAINER_CLI_SHELL_TEXT_H_
#define PROVNET_TRAINER_CLI_SHELL_TEXT_H_

#include <string>
#include <vector>

namespace provnet {

// The words as a shell would be given them: in quotes where it would see more than a word.
std::string ShellText(const std::vector<std::string>& words);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_SHELL_TEXT_H_
