#include "storage/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

// The examples of FIPS 180-4.
struct Example {
  std::string bytes;
  const char* hex;
};
const Example kExamples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256Test, GivesThePublishedDigests) {
  for (const Example& example : kExamples) {
    EXPECT_EQ(ToHex(Sha256Of(example.bytes)), example.hex) << example.bytes.size() << " bytes";
  }
}

TEST(Sha256Test, DoesNotDependOnThePieces) {
  const std::string& bytes = kExamples[2].bytes;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    Sha256 sha256;
    sha256.Update(std::string_view(bytes).substr(0, cut));
    sha256.Update(std::string_view(bytes).substr(cut));
    EXPECT_EQ(ToHex(sha256.Finish()), kExamples[2].hex) << "cut at " << cut;
  }
}

TEST(Sha256Test, ReadsFilesLongerThanABlock) {
  const TempDir dir;
  for (const Example& example : kExamples) {
    ASSERT_THAT(WriteFileDurably(dir / "file", example.bytes), IsOk());
    const auto digest = Sha256OfFile(dir / "file");
    ASSERT_THAT(digest, IsOk());
    EXPECT_EQ(ToHex(*digest), example.hex);
  }
}

TEST(Sha256Test, NamesTheFileThatCannotBeRead) {
  const TempDir dir;
  EXPECT_THAT(Sha256OfFile(dir / "absent"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr((dir / "absent").string())));
  EXPECT_FALSE(Sha256OfFile(dir.path()).ok());
}

TEST(Sha256Test, ReadsBackWhatToHexWrites) {
  const Sha256Digest digest = Sha256Of("abc");
  EXPECT_EQ(FromHex(ToHex(digest)), digest);
}

TEST(Sha256Test, FromHexTakesNothingElse) {
  const std::string hex = ToHex(Sha256Of("abc"));
  for (const std::string& wrong :
       {std::string(), hex.substr(1), hex + "0", absl::StrCat("g", hex.substr(1)),
        absl::StrCat("A", hex.substr(1))})
    EXPECT_EQ(FromHex(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace provnet
