#include "tests/trainer/data/image_folders.h"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <stdexcept>

#include "storage/image/image.h"
#include "trainer/data/random.h"

namespace provnet {
namespace testing {
namespace {

void Check(archive* handle, int result) {
  // A warning: the name is not UTF-8, as some test wants it.
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
    throw std::runtime_error(archive_error_string(handle));
}

void AddFilter(archive* handle, Packing packing) {
  switch (packing) {
    case Packing::kPlain:
      break;
    case Packing::kGzip:
      return Check(handle, archive_write_add_filter_gzip(handle));
    case Packing::kXz:
      return Check(handle, archive_write_add_filter_xz(handle));
    case Packing::kZstd:
      return Check(handle, archive_write_add_filter_zstd(handle));
  }
}

void SetKind(archive_entry* header, const ArchiveEntry& entry) {
  archive_entry_set_perm(header, 0644);
  archive_entry_set_filetype(header, AE_IFREG);
  switch (entry.kind) {
    case ArchiveEntry::Kind::kFile:
      archive_entry_set_size(header, static_cast<la_int64_t>(entry.contents.size()));
      break;
    case ArchiveEntry::Kind::kFolder:
      archive_entry_set_filetype(header, AE_IFDIR);
      break;
    case ArchiveEntry::Kind::kSymlink:
      archive_entry_set_filetype(header, AE_IFLNK);
      archive_entry_set_symlink(header, entry.contents.c_str());
      break;
    case ArchiveEntry::Kind::kHardlink:
      archive_entry_set_hardlink(header, entry.contents.c_str());
      break;
    case ArchiveEntry::Kind::kDevice:
      archive_entry_set_filetype(header, AE_IFCHR);
      archive_entry_set_rdevmajor(header, 1);
      archive_entry_set_rdevminor(header, 5);
      break;
  }
}

}  // namespace

void WriteTar(const std::filesystem::path& path, const std::vector<ArchiveEntry>& entries,
              Packing packing) {
  archive* handle = archive_write_new();
  Check(handle, archive_write_set_format_pax_restricted(handle));
  AddFilter(handle, packing);
  Check(handle, archive_write_open_filename(handle, path.c_str()));
  for (const ArchiveEntry& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname(header, entry.path.c_str());
    SetKind(header, entry);
    Check(handle, archive_write_header(handle, header));
    if (entry.kind == ArchiveEntry::Kind::kFile) {
      archive_write_data(handle, entry.contents.data(), entry.contents.size());
    }
    archive_entry_free(header);
  }
  Check(handle, archive_write_close(handle));
  archive_write_free(handle);
}

void WriteFolder(const std::filesystem::path& root, const std::vector<ArchiveEntry>& entries) {
  for (const ArchiveEntry& entry : entries) {
    const std::filesystem::path path = root / entry.path;
    if (entry.kind == ArchiveEntry::Kind::kFolder) {
      std::filesystem::create_directories(path);
      continue;
    }
    std::filesystem::create_directories(path.parent_path());
    if (entry.kind == ArchiveEntry::Kind::kSymlink) {
      std::filesystem::create_symlink(entry.contents, path);
    } else {
      std::ofstream(path, std::ios::binary) << entry.contents;
    }
  }
}

std::string RandomPng(uint64_t seed, uint32_t channels, uint32_t height, uint32_t width) {
  Image image{width, height, channels, {}};
  Rng rng(seed);
  for (size_t i = 0; i < size_t{width} * height * channels; ++i) {
    image.pixels.push_back(static_cast<uint8_t>(rng.Below(256)));
  }
  return EncodePng(image).value();
}

std::vector<ArchiveEntry> ThreeClasses(const std::string& prefix, int per_class, uint64_t seed) {
  std::vector<ArchiveEntry> entries;
  for (const char* name : {"ant", "bee", "cat"}) {
    for (int i = 0; i < per_class; ++i) {
      entries.push_back({prefix + name + "/" + std::to_string(i) + ".png",
                         RandomPng(MixSeed(seed, entries.size()))});
    }
  }
  return entries;
}

std::vector<ArchiveEntry> Together(std::vector<ArchiveEntry> first,
                                   const std::vector<ArchiveEntry>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace testing
}  // namespace provnet
