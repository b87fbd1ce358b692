#include "storage/npy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "storage/base/file_io.h"
#include "storage/npy_header.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

template <typename T>
void ExpectRoundTrip(const std::vector<uint64_t>& shape, const std::vector<T>& values) {
  const TempDir dir;
  ASSERT_THAT(WriteNpy<T>(dir / "a.npy", shape, values), IsOk());
  const auto array = ReadNpy<T>(dir / "a.npy");
  ASSERT_THAT(array, IsOk());
  EXPECT_EQ(array->shape, shape);
  ASSERT_EQ(array->values.size(), values.size());
  EXPECT_TRUE(values.empty() ||
              std::memcmp(array->values.data(), values.data(), values.size() * sizeof(T)) == 0);
}

TEST(NpyTest, ReadsBackWhatItWrote) {
  ExpectRoundTrip<float>({2, 3}, {0.0f, -1.5f, 3e38f, std::numeric_limits<float>::quiet_NaN(),
                                  std::numeric_limits<float>::infinity(), 1e-45f});
  ExpectRoundTrip<uint32_t>({4}, {0, 1, 0x80000000, 0xffffffff});
  ExpectRoundTrip<uint32_t>({}, {7});
  ExpectRoundTrip<float>({0, 128}, {});
  ExpectRoundTrip<float>({1, 1, 1, 2}, {1, 2});
}

TEST(NpyTest, ReadsIntoMemoryOfTheRightSizeOnly) {
  const TempDir dir;
  ASSERT_THAT(WriteNpy<float>(dir / "a.npy", {2, 2}, {1, 2, 3, 4}), IsOk());
  auto reader = NpyReader<float>::Open(dir / "a.npy");
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ(reader->shape(), (std::vector<uint64_t>{2, 2}));
  std::vector<float> values(3, 0.0F);
  EXPECT_THAT(reader->Read(absl::MakeSpan(values)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a.npy: 4 elements")));
  values.resize(4);
  ASSERT_THAT(reader->Read(absl::MakeSpan(values)), IsOk());
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3, 4}));
}

// What numpy.save writes for numpy.array([[1, 2, 3]], dtype='<u4').
TEST(NpyTest, WritesTheBytesThatNumpyWrites) {
  const TempDir dir;
  ASSERT_THAT(WriteNpy<uint32_t>(dir / "a.npy", {1, 3}, {1, 2, 3}), IsOk());
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += "{'descr': '<u4', 'fortran_order': False, 'shape': (1, 3), }";
  expected += std::string(127 - expected.size(), ' ') + "\n";
  expected += std::string("\1\0\0\0\2\0\0\0\3\0\0\0", 12);
  const auto written = ReadFile(dir / "a.npy");
  ASSERT_THAT(written, IsOk());
  EXPECT_EQ(*written, expected);
}

TEST(NpyTest, AlignsTheElementsForEveryShape) {
  for (uint64_t extent = 1; extent < uint64_t{1} << 60; extent *= 10) {
    EXPECT_EQ(EncodeNpyHeader("<f4", {extent}).size() % 64, 0u) << extent;
    EXPECT_EQ(EncodeNpyHeader("<f4", {extent, extent, 3}).size() % 64, 0u) << extent;
  }
}

TEST(NpyTest, RefusesAShapeThatDoesNotHoldTheValues) {
  const TempDir dir;
  EXPECT_THAT(WriteNpy<float>(dir / "a.npy", {2, 2}, {1, 2, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("(2, 2)"), HasSubstr("3 values"))));
  EXPECT_FALSE(std::filesystem::exists(dir / "a.npy"));
}

// A version 1.0 file with this dictionary and four elements.
std::string FileWith(const std::string& dictionary) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file.push_back(static_cast<char>(dictionary.size() & 0xff));
  file.push_back(static_cast<char>(dictionary.size() >> 8));
  return file + dictionary + std::string(16, '\0');
}

TEST(NpyTest, AcceptsTheDictionaryInAnyOrderAndSpacing) {
  const TempDir dir;
  for (const char* dictionary :
       {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n",
        "{'shape':(2,2),'fortran_order':False,'descr':'<f4'}",
        "{ 'shape' : ( 2 , 2 ) , 'descr' : '<f4' , 'fortran_order' : False , }   \n"}) {
    ASSERT_THAT(WriteFileDurably(dir / "a.npy", FileWith(dictionary)), IsOk());
    EXPECT_THAT(ReadNpy<float>(dir / "a.npy"), IsOk()) << dictionary;
  }
}

TEST(NpyTest, RefusesMalformedFilesWithTheirName) {
  const std::string good = FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n");
  std::string version2 = good;
  version2[6] = 2;
  std::string long_header = good;
  long_header[9] = 0x7f;
  const struct {
    const char* name;
    std::string bytes;
  } kTable[] = {
      {"empty", ""},
      {"only magic", good.substr(0, 6)},
      {"wrong magic", "\x93NUMPX" + good.substr(6)},
      {"version 2", version2},
      {"header longer than the file", long_header},
      {"truncated dictionary", good.substr(0, 30)},
      {"truncated elements", good.substr(0, good.size() - 1)},
      {"trailing byte", good + "x"},
      {"empty dictionary", FileWith("{}")},
      {"no dictionary", FileWith("")},
      {"no braces", FileWith("'descr': '<f4'")},
      {"missing shape", FileWith("{'descr': '<f4', 'fortran_order': False}")},
      {"repeated key",
       FileWith("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (4,)}")},
      {"unknown key", FileWith("{'descr': '<f4', 'x': 1, 'fortran_order': False, 'shape': (4,)}")},
      {"unterminated string", FileWith("{'descr: <f4")},
      {"double quotes", FileWith("{\"descr\": '<f4', 'fortran_order': False, 'shape': (4,)}")},
      {"another type", FileWith("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}")},
      {"big-endian", FileWith("{'descr': '>f4', 'fortran_order': False, 'shape': (4,)}")},
      {"unsigned", FileWith("{'descr': '<u4', 'fortran_order': False, 'shape': (4,)}")},
      {"structured", FileWith("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}")},
      {"Fortran order", FileWith("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}")},
      {"order is no boolean", FileWith("{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}")},
      {"negative extent", FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (-4,)}")},
      {"shape is no tuple", FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': 4}")},
      {"extent is no number", FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (x,)}")},
      {"extent overflows",
       FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}")},
      {"product overflows to 4",
       FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387905, 4)}")},
      {"shape larger than the file",
       FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}")},
      {"shape smaller than the file",
       FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}")},
      {"text behind", FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} x")},
  };
  const TempDir dir;
  for (const auto& row : kTable) {
    ASSERT_THAT(WriteFileDurably(dir / "bad.npy", row.bytes), IsOk());
    EXPECT_THAT(ReadNpy<float>(dir / "bad.npy"),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr((dir / "bad.npy").string())))
        << row.name;
  }
}

TEST(NpyTest, NamesTheFileThatIsMissingOrTheDeviceThatIsFull) {
  EXPECT_THAT(ReadNpy<float>("/nonexistent/a.npy"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/a.npy")));
  EXPECT_THAT(
      WriteNpy<float>("/dev/full", {1}, {1}),
      StatusIs(absl::StatusCode::kResourceExhausted, Eq("no space left on device: /dev/full")));
}

}  // namespace
}  // namespace provnet
