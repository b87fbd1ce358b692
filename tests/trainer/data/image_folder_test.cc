#include "trainer/data/image_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "storage/image/image.h"
#include "tests/storage/image/image_fixtures.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/trainer/data/image_folders.h"
#include "trainer/data/dataset_checks.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using testing::ArchiveEntry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Packing;
using testing::RandomPng;
using testing::ThreeClasses;
using testing::Together;
using Kind = ArchiveEntry::Kind;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

// 4 training and 2 test images of each class.
std::vector<ArchiveEntry> SplitEntries() {
  return Together(ThreeClasses("train/", 4, 1), ThreeClasses("test/", 2, 2));
}

void ExpectSame(const Dataset& a, const Dataset& b) {
  EXPECT_EQ(Fingerprint(a), Fingerprint(b));
  EXPECT_EQ(a.source_names, b.source_names);
  ASSERT_EQ(a.encoded.size(), b.encoded.size());
  for (size_t i = 0; i < a.encoded.size(); ++i) EXPECT_EQ(*a.encoded[i], *b.encoded[i]);
}

class ImageFolderTest : public ::testing::Test {
 protected:
  absl::StatusOr<DatasetPair> ReadTar(const std::vector<ArchiveEntry>& entries,
                                      const ImageFolderOptions& options = {},
                                      Packing packing = Packing::kPlain) {
    const std::filesystem::path path = folder_ / "pictures.tar";
    testing::WriteTar(path, entries, packing);
    return ReadImageFolder(path, 1, options);
  }

  const TempDir folder_;
};

TEST_F(ImageFolderTest, ReadsClassesSamplesAndFilesInSortedOrder) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  std::reverse(entries.begin(), entries.end());
  const auto data = ReadTar(entries);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->train.class_names, ElementsAre("ant", "bee", "cat"));
  EXPECT_THAT(data->train.labels, ElementsAre(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2));
  EXPECT_THAT(data->test.labels, ElementsAre(0, 0, 1, 1, 2, 2));
  EXPECT_EQ(data->train.source_id(5), "train/bee/1.png");
  EXPECT_EQ(data->test.source_id(5), "test/cat/1.png");
  EXPECT_EQ(data->train.source_name, "pictures.tar");
  EXPECT_EQ(data->train.channels, 3u);
  EXPECT_THAT(data->train.notes, IsEmpty());
  const auto original = std::find_if(entries.begin(), entries.end(), [](const ArchiveEntry& entry) {
    return entry.path == "train/bee/1.png";
  });
  EXPECT_EQ(*data->train.encoded_file(5), original->contents);
  EXPECT_EQ(data->test.encoded_file(0), nullptr);
}

TEST_F(ImageFolderTest, PixelsAreTheDecodedFilesAsPlanes) {
  const auto data = ReadTar(SplitEntries());
  ASSERT_THAT(data, IsOk());
  for (size_t i = 0; i < data->train.size(); ++i) {
    const auto image = DecodeImage(*data->train.encoded_file(i), 3);
    ASSERT_THAT(image, IsOk());
    for (size_t at = 0; at < image->pixels.size(); ++at) {
      ASSERT_EQ(data->train.image(i)[(at % 3) * 64 + at / 3], image->pixels[at]);
    }
  }
}

TEST_F(ImageFolderTest, ResultDependsNeitherOnOrderNorThreadsNorPacking) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  const auto reference = ReadTar(entries, {.threads = 1});
  ASSERT_THAT(reference, IsOk());
  for (const Packing packing : {Packing::kPlain, Packing::kGzip, Packing::kXz, Packing::kZstd}) {
    for (const int threads : {1, 2, 7}) {
      Rng(static_cast<uint64_t>(threads)).Shuffle(entries);
      const auto data = ReadTar(entries, {.threads = threads}, packing);
      ASSERT_THAT(data, IsOk());
      ExpectSame(data->train, reference->train);
      ExpectSame(data->test, reference->test);
    }
  }
}

TEST_F(ImageFolderTest, FolderAndArchiveGiveTheSame) {
  const auto from_tar = ReadTar(SplitEntries());
  testing::WriteFolder(folder_ / "pictures", SplitEntries());
  const auto from_folder = ReadImageFolder(folder_ / "pictures", 1);
  ASSERT_THAT(from_folder, IsOk());
  ExpectSame(from_tar->train, from_folder->train);
  ExpectSame(from_tar->test, from_folder->test);
  EXPECT_EQ(ReadImageFolder(folder_ / "pictures/", 1)->train.source_name, "pictures");
}

TEST_F(ImageFolderTest, LooksThroughOneFolderAroundAll) {
  const auto split =
      ReadTar(Together(ThreeClasses("./set/train/", 2), ThreeClasses("set/test/", 1)));
  ASSERT_THAT(split, IsOk());
  EXPECT_EQ(split->train.size(), 6u);
  EXPECT_EQ(split->train.source_id(0), "set/train/ant/0.png");
  const auto plain = ReadTar(ThreeClasses("set/", 3));
  ASSERT_THAT(plain, IsOk());
  EXPECT_THAT(plain->train.class_names, ElementsAre("ant", "bee", "cat"));
}

std::map<uint32_t, int> CountByClass(const Dataset& data) {
  std::map<uint32_t, int> counts;
  for (const uint32_t label : data.labels) ++counts[label];
  return counts;
}

TEST_F(ImageFolderTest, HoldsOutAShareOfEachClassDrawnFromTheSeed) {
  testing::WriteTar(folder_ / "plain.tar", ThreeClasses("", 12));
  const auto data = ReadImageFolder(folder_ / "plain.tar", 1);
  ASSERT_THAT(data, IsOk());
  for (const auto& [label, count] : CountByClass(data->train)) EXPECT_EQ(count, 10) << label;
  for (const auto& [label, count] : CountByClass(data->test)) EXPECT_EQ(count, 2) << label;
  EXPECT_TRUE(std::is_sorted(data->train.source_names.begin(), data->train.source_names.end()));
  const auto again = ReadImageFolder(folder_ / "plain.tar", 1);
  ExpectSame(again->train, data->train);
  EXPECT_NE(ReadImageFolder(folder_ / "plain.tar", 2)->test.source_names, data->test.source_names);
  const auto half = ReadImageFolder(folder_ / "plain.tar", 1, {.test_share = 0.5});
  EXPECT_EQ(half->test.size(), 18u);
  // One test image at least, one training image at least.
  EXPECT_EQ(ReadImageFolder(folder_ / "plain.tar", 1, {.test_share = 1e-9})->test.size(), 3u);
  EXPECT_EQ(ReadImageFolder(folder_ / "plain.tar", 1, {.test_share = 0.99999})->train.size(), 3u);
}

TEST_F(ImageFolderTest, SaysThatAShareOfATestPartIsIgnoredWhereThereIsOne) {
  const auto data = ReadTar(SplitEntries(), {.test_share = 0.5});
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->train.notes, ElementsAre(HasSubstr("--test-share has no effect")));
  EXPECT_EQ(data->test.size(), 6u);
}

TEST_F(ImageFolderTest, SkipsUnreadableFilesWithANoteAndNamesTheFirst) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  entries[1].contents = entries[1].contents.substr(0, entries[1].contents.size() / 2);  // ant/1
  entries[6].contents = "no picture";                                                   // bee/2
  entries[12].contents = "";                                                            // test
  const auto data = ReadTar(entries);
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.size(), 10u);
  EXPECT_EQ(data->test.size(), 5u);
  EXPECT_THAT(data->train.source_names, Not(::testing::Contains("train/ant/1.png")));
  EXPECT_EQ(*data->train.encoded_file(1), entries[2].contents);
  const auto image = DecodeImage(entries[2].contents, 3);
  EXPECT_EQ(data->train.image(1)[0], image->pixels[0]);
  ASSERT_EQ(data->train.notes.size(), 1u);
  EXPECT_THAT(data->train.notes[0],
              AllOf(HasSubstr("3 file(s)"), HasSubstr("train/ant/1.png (the PNG is truncated"),
                    HasSubstr("train/bee/2.png"), HasSubstr("test/ant/0.png (the image is empty")));
}

TEST_F(ImageFolderTest, StrictFailsAtTheFirstUnreadableFile) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  // Both have sound headers; the first in the archive is named, however many threads decode.
  for (const size_t i : {size_t{3}, size_t{9}}) {
    entries[i].contents.resize(entries[i].contents.size() - 20);
  }
  for (const int threads : {1, 5}) {
    EXPECT_THAT(ReadTar(entries, {.strict = true, .threads = threads}).status(),
                StatusIs(kInvalid, AllOf(HasSubstr("pictures.tar"), HasSubstr("train/ant/3.png"))));
  }
  entries[5].contents = "no picture";
  EXPECT_THAT(ReadTar(entries, {.strict = true}).status(),
              StatusIs(kInvalid, HasSubstr("train/bee/1.png: the image is in no known format")));
}

TEST_F(ImageFolderTest, MixedSizesNameTheFirstTwoAndTheFlag) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  entries[2].contents = RandomPng(1, 3, 10, 12);
  EXPECT_THAT(ReadTar(entries).status(),
              StatusIs(kInvalid, AllOf(HasSubstr("train/ant/0.png is 8x8 rgb"),
                                       HasSubstr("train/ant/2.png is 10x12 rgb"),
                                       HasSubstr("--image-size=8x8"))));
  const auto data = ReadTar(entries, {.size = ImageSize{16, 9}});
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.height, 16u);
  EXPECT_EQ(data->train.width, 9u);
  const Image resized = Resize(DecodeImage(entries[2].contents, 3).value(), 9, 16);
  EXPECT_EQ(data->train.image(2)[9], resized.pixels[27]);
  // The file itself is kept as it was.
  EXPECT_EQ(*data->train.encoded_file(2), entries[2].contents);
}

TEST_F(ImageFolderTest, MixedModesNameTheFirstTwoAndTheFlag) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  entries[4].contents = RandomPng(1, 1);
  EXPECT_THAT(ReadTar(entries).status(),
              StatusIs(kInvalid,
                       AllOf(HasSubstr("train/ant/0.png is 8x8 rgb"),
                             HasSubstr("train/bee/0.png is 8x8 grey"), HasSubstr("--image-mode"))));
  EXPECT_EQ(ReadTar(entries, {.mode = ImageMode::kRgb})->train.channels, 3u);
  EXPECT_EQ(ReadTar(entries, {.mode = ImageMode::kGrey})->train.channels, 1u);
}

TEST_F(ImageFolderTest, ReadsGreyImagesAndJpegs) {
  std::vector<ArchiveEntry> entries;
  for (const char* path : {"a/0.JPG", "a/1.jpeg", "b/0.jpg", "b/1.png"}) {
    entries.push_back({path, absl::string_view(path) == "b/1.png"
                                 ? RandomPng(3, 1)
                                 : MakeJpeg(MakeGradient(8, 8, 1))});
  }
  const auto data = ReadTar(entries, {.test_share = 0.5});
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.channels, 1u);
  EXPECT_EQ(data->train.size(), 2u);
}

TEST_F(ImageFolderTest, IgnoresWhatIsHostileOrElsewhereAndCountsIt) {
  const std::string png = RandomPng(77);
  const auto data = ReadTar(Together({{"../ant/evil.png", png},
                                      {"/train/ant/absolute.png", png},
                                      {"train/ant/../../up.png", png},
                                      {"train/ant/link.png", "/etc/passwd", Kind::kSymlink},
                                      {"train/ant/hard.png", "train/ant/0.png", Kind::kHardlink},
                                      {"train/ant/device.png", "", Kind::kDevice},
                                      {"train/ant/.hidden.png", png},
                                      {"train/ant/bad\xff.png", png},
                                      {"train/ant/deep/er.png", png},
                                      {"stray.png", png},
                                      {"train/ant/notes.txt", "text"}},
                                     SplitEntries()));
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.size(), 12u);
  EXPECT_EQ(data->test.size(), 6u);
  ASSERT_EQ(data->train.notes.size(), 1u);
  EXPECT_THAT(
      data->train.notes[0],
      AllOf(HasSubstr("11 entries are ignored"), HasSubstr("2 with \"..\" in the path"),
            HasSubstr("1 with an absolute path (first: /train/ant/absolute.png)"),
            HasSubstr("3 links or devices"), HasSubstr("1 hidden"),
            HasSubstr("1 with a name that is not UTF-8"), HasSubstr("2 outside the class folders"),
            HasSubstr("1 not named like a PNG or JPEG")));
}

TEST_F(ImageFolderTest, DoesNotFollowLinksInFolders) {
  testing::WriteFolder(folder_ / "outside", {{"secret.png", RandomPng(5)}});
  testing::WriteFolder(
      folder_ / "pictures",
      Together(SplitEntries(), {{"train/ant/loop", "..", Kind::kSymlink},
                                {"train/ant/secret.png", (folder_ / "outside/secret.png").string(),
                                 Kind::kSymlink}}));
  const auto data = ReadImageFolder(folder_ / "pictures", 1);
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.size(), 12u);
  EXPECT_THAT(data->train.notes, ElementsAre(HasSubstr("2 links or devices")));
}

TEST_F(ImageFolderTest, BoundsWhatOneFileMayTake) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  entries[0].contents = RandomPng(1, 3, 200, 200);                      // many bytes
  entries[1].contents = ClaimPngSize(RandomPng(2, 3), 50'000, 50'000);  // many pixels
  const auto data = ReadTar(entries, {.max_file_bytes = 5'000});
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.size(), 10u);
  EXPECT_THAT(data->train.notes[0],
              AllOf(HasSubstr("at most 5000 are allowed"), HasSubstr("oversized")));
  EXPECT_THAT(ReadTar(SplitEntries(), {.max_decoded_bytes = 18 * 192 - 1}).status(),
              StatusIs(kInvalid, AllOf(HasSubstr("3456 bytes"), HasSubstr("--image-size"))));
  EXPECT_THAT(ReadTar(SplitEntries(), {.max_decoded_bytes = 18 * 192}), IsOk());
}

// A tar header, made by hand, of a file that claims 2 GiB.
TEST_F(ImageFolderTest, RefusesAnArchiveWithAGiganticEntry) {
  testing::WriteTar(folder_ / "bomb.tar", {{"train/ant/0.png", "x"}});
  std::fstream file(folder_ / "bomb.tar", std::ios::in | std::ios::out | std::ios::binary);
  std::string header(512, '\0');
  file.read(header.data(), 512);
  header.replace(124, 12, std::string("20000000000") + '\0');
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  char checksum[8];
  std::snprintf(checksum, sizeof checksum, "%06o", sum);
  header.replace(148, 7, std::string(checksum, 6) + '\0');
  file.seekp(0);
  file.write(header.data(), 512);
  file.close();
  EXPECT_THAT(ReadImageFolder(folder_ / "bomb.tar", 1).status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("2147483648 bytes")));
}

TEST_F(ImageFolderTest, SaysWhatIsWrongWithTheLayout) {
  const struct {
    const char* message;
    std::vector<ArchiveEntry> entries;
  } kCases[] = {
      {"has no image files", {}},
      {"has no image files", {{"a/readme.txt", "text"}}},
      {"none in a class folder", {{"0.png", RandomPng(1)}, {"1.png", RandomPng(2)}}},
      {"has train/ with class folders, but no test/", ThreeClasses("train/", 2)},
      {"has one class, \"a\"", {{"a/0.png", RandomPng(1)}, {"a/1.png", RandomPng(2)}}},
      {"class folder \"dog\" has no images",
       Together(ThreeClasses("", 2), {{"dog", "", Kind::kFolder}})},
      {"class folder \"train/dog\" has no images",
       Together(SplitEntries(), {{"train/dog/", "", Kind::kFolder}})},
      {"class folder \"dog\": none of its 1 images can be read",
       Together(ThreeClasses("", 2), {{"dog/0.png", "text"}})},
      {"class \"dog\" has test images, but no folder below train/",
       Together(SplitEntries(), {{"test/dog/0.png", RandomPng(9)}})},
      {"class \"dog\" has 1 readable image",
       Together(ThreeClasses("", 2), {{"dog/0.png", RandomPng(9)}})},
      {"holds \"bee/0.png\" twice", Together(ThreeClasses("", 2), {{"bee/0.png", RandomPng(9)}})},
      {"a network takes 8 to 1024 on a side",
       {{"a/0.png", RandomPng(1, 3, 5, 8)},
        {"a/1.png", RandomPng(2, 3, 5, 8)},
        {"b/0.png", RandomPng(3, 3, 5, 8)},
        {"b/1.png", RandomPng(4, 3, 5, 8)}}},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ReadTar(c.entries).status(),
                StatusIs(kInvalid, AllOf(HasSubstr(c.message), HasSubstr("pictures.tar"))))
        << c.message;
  }
}

TEST_F(ImageFolderTest, NamesAClassOfWhichNothingCanBeDecoded) {
  std::vector<ArchiveEntry> entries = SplitEntries();
  for (size_t i = 4; i < 8; ++i) entries[i].contents.resize(entries[i].contents.size() - 20);
  EXPECT_THAT(ReadTar(entries).status(), StatusIs(kInvalid, HasSubstr("class bee")));
}

TEST_F(ImageFolderTest, NamesAFileThatIsNoArchiveAndOneThatIsCutOff) {
  EXPECT_THAT(ReadImageFolder(folder_ / "nowhere", 1).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere")));
  std::ofstream(folder_ / "text") << "this is no archive, whatever it is called";
  EXPECT_THAT(ReadImageFolder(folder_ / "text", 1).status(),
              StatusIs(kInvalid, HasSubstr("neither a folder nor a tar archive")));
  std::vector<ArchiveEntry> entries = SplitEntries();
  for (size_t i = 0; i < entries.size(); ++i) entries[i].contents = RandomPng(i, 3, 150, 150);
  testing::WriteTar(folder_ / "cut.tar.gz", entries, Packing::kGzip);
  std::filesystem::resize_file(folder_ / "cut.tar.gz",
                               std::filesystem::file_size(folder_ / "cut.tar.gz") / 2);
  EXPECT_THAT(ReadImageFolder(folder_ / "cut.tar.gz", 1).status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut.tar.gz: the archive is")));
}

TEST(CifarTest, HasThePublishedContents) {
  const char* root = std::getenv("PROVNET_DATA_DIR");  // NOLINT(concurrency-mt-unsafe): one thread
  if (root == nullptr) GTEST_SKIP() << "PROVNET_DATA_DIR is not set; expected DIR/cifar10 in it";
  const auto path = std::filesystem::path(root) / "cifar10" / "cifar10-jpeg.tar.gz";
  const auto data = ReadImageFolder(path, 1, {.strict = true});
  ASSERT_THAT(data, IsOk());
  EXPECT_EQ(data->train.size(), 50'000u);
  EXPECT_EQ(data->test.size(), 10'000u);
  EXPECT_EQ(data->train.channels, 3u);
  EXPECT_EQ(data->train.height, 32u);
  EXPECT_EQ(data->train.width, 32u);
  EXPECT_THAT(data->train.class_names, ElementsAre("airplane", "automobile", "bird", "cat", "deer",
                                                   "dog", "frog", "horse", "ship", "truck"));
  for (const auto& [label, count] : CountByClass(data->train)) EXPECT_EQ(count, 5000) << label;
  EXPECT_EQ(data->train.source_id(0), "train/airplane/0000.jpg");
  EXPECT_EQ(SniffImageType(*data->train.encoded_file(0)), "image/jpeg");
}

}  // namespace
}  // namespace provnet
