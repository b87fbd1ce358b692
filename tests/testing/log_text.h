#ifndef PROVNET_TESTS_TESTING_LOG_TEXT_H_
#define PROVNET_TESTS_TESTING_LOG_TEXT_H_

#include <mutex>
#include <ostream>
#include <streambuf>
#include <string>

namespace provnet {

// What was written to a stream, to be read while other threads write. The stream itself is for one
// thread at a time, as a log's lock sees to; text() is for any.
class LogText {
 public:
  std::ostream& stream() { return stream_; }
  std::string text() const { return buffer_.text(); }

 private:
  class Buffer final : public std::streambuf {
   public:
    std::string text() const {
      const std::lock_guard lock(mutex_);
      return text_;
    }

   private:
    int_type overflow(int_type character) override {
      const char one = traits_type::to_char_type(character);
      xsputn(&one, 1);
      return character;
    }
    std::streamsize xsputn(const char* characters, std::streamsize count) override {
      const std::lock_guard lock(mutex_);
      text_.append(characters, static_cast<size_t>(count));
      return count;
    }

    mutable std::mutex mutex_;
    std::string text_;
  };

  Buffer buffer_;
  std::ostream stream_{&buffer_};
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_LOG_TEXT_H_
