#include "thrift/gateway/wire/framed_peer.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "common/bytes/coding.h"

namespace cellar::thrift {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t kFirstBytes = 4 << 10;
constexpr size_t kGrowth = 4;  // moves a third of what arrives

}  // namespace

FramedPeer::FramedPeer(FramedLoop& loop, tcp::socket socket, std::string address)
    : loop_(loop), socket_(std::move(socket)), address_(std::move(address)) {}

void FramedPeer::Start(std::list<std::shared_ptr<FramedPeer>>::iterator place) {
  place_ = place;
  loop_.receiver.OnConnect(shared_from_this());
  ReadHead();
}

void FramedPeer::Close(bool broken) {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  state_ = State::kClosed;
  if (broken) ++loop_.broken;
  error_code ignored;
  socket_.close(ignored);
  body_ = common::ByteRoom();
  answer_ = AnswerFrame();
  std::erase(loop_.waiting_for_memory, self);
  GiveMemoryBack();
  loop_.peers.erase(place_);
  --loop_.connection_count;
  loop_.receiver.OnDisconnect(self);
}

void FramedPeer::LookForStall(Nanos since_last_look) {
  const bool must_act = (state_ == State::kHead && have_ > 0) || state_ == State::kBody || state_ == State::kWriting;
  stalled_for_ = must_act ? stalled_for_ + since_last_look : 0;
  if (stalled_for_ > loop_.options.stall_timeout) Close(/*broken=*/true);
}

void FramedPeer::ReadHead() {
  socket_.async_read_some(asio::buffer(head_ + have_, kFrameHeadBytes - have_),
                          [self = shared_from_this()](error_code error, size_t size) {
                            if (self->state_ != State::kHead) return;
                            if (error) return self->Close(/*broken=*/self->have_ > 0);
                            self->have_ += size;
                            if (self->have_ < kFrameHeadBytes) return self->ReadHead();
                            self->OnHead();
                          });
}

void FramedPeer::OnHead() {
  have_ = 0;
  stalled_for_ = 0;
  size_ = common::LoadBigEndian32(head_);
  if (size_ == 0 || size_ > loop_.options.max_frame_bytes) return Close(/*broken=*/true);
  if (!loop_.taking) return Close(/*broken=*/false);
  wanted_memory_ = size_ > kSmallFrameBytes ? size_ : 0;
  if (wanted_memory_ <= loop_.memory_left && loop_.waiting_for_memory.empty()) {
    loop_.memory_left -= wanted_memory_;
    return OnMemory();
  }
  state_ = State::kMemory;
  loop_.waiting_for_memory.push_back(shared_from_this());
}

void FramedPeer::OnMemory() {
  held_memory_ = std::exchange(wanted_memory_, 0);
  state_ = State::kBody;
  ReadBody();
}

void FramedPeer::ReadBody() {
  if (body_room_ == have_) body_room_ = std::min(size_, std::max({kFirstBytes, kGrowth * have_, size_before_}));
  char* const target = body_.Reserve(body_room_ - have_);
  socket_.async_read_some(asio::buffer(target, body_room_ - have_),
                          [self = shared_from_this(), target](error_code error, size_t size) {
                            if (self->state_ != State::kBody) return;
                            if (error) return self->Close(/*broken=*/true);
                            self->stalled_for_ = 0;
                            self->body_.WrittenUpTo(target + size);
                            self->have_ += size;
                            self->loop_.bytes_in += size;
                            if (self->have_ < self->size_) return self->ReadBody();
                            self->HandOver();
                          });
}

void FramedPeer::HandOver() {
  state_ = State::kAnswering;
  size_before_ = size_;
  body_room_ = 0;
  WatchForEnd();
  loop_.receiver.OnFrame(shared_from_this(), std::exchange(body_, common::ByteRoom()));
}

void FramedPeer::WatchForEnd() {
  if (watched_) return;
  watched_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->watched_ = false;
    if (self->state_ != State::kAnswering) return;
    char next = 0;
    const ssize_t seen = error ? 0 : ::recv(self->socket_.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
    if (seen == 0 || (seen < 0 && errno != EAGAIN && errno != EINTR)) self->Close(/*broken=*/false);
  });
}

void FramedPeer::Answer(AnswerFrame frame) {
  asio::post(loop_.io, [self = shared_from_this(), frame = std::move(frame)]() mutable {
    if (self->state_ != State::kAnswering) return;
    self->GiveMemoryBack();
    common::StoreBigEndian32(frame.bytes.data(), static_cast<uint32_t>(frame.size() - kFrameHeadBytes));
    self->answer_ = std::move(frame);
    self->have_ = 0;
    self->stalled_for_ = 0;
    self->state_ = State::kWriting;
    self->Write();
  });
}

void FramedPeer::HangUp() {
  asio::post(loop_.io, [self = shared_from_this()] { self->Close(/*broken=*/true); });
}

/// What was not written of it yet.
std::array<asio::const_buffer, 3> FramedPeer::RestOfAnswer() const {
  const std::string_view bytes = answer_.bytes;
  std::array<asio::const_buffer, 3> parts = {asio::buffer(bytes.substr(0, answer_.text_at)), asio::buffer(answer_.text),
                                             asio::buffer(bytes.substr(answer_.text_at))};
  size_t written = have_;
  for (asio::const_buffer& part : parts) {
    const size_t of_part = std::min(written, part.size());
    part += of_part;
    written -= of_part;
  }
  return parts;
}

void FramedPeer::Write() {
  socket_.async_write_some(RestOfAnswer(), [self = shared_from_this()](error_code error, size_t size) {
    if (self->state_ != State::kWriting) return;
    if (error) return self->Close(/*broken=*/true);
    self->stalled_for_ = 0;
    self->have_ += size;
    self->loop_.bytes_out += size;
    if (self->have_ < self->answer_.size()) return self->Write();
    if (!self->loop_.taking) return self->Close(/*broken=*/false);
    self->answer_ = AnswerFrame();
    self->have_ = 0;
    self->state_ = State::kHead;
    self->ReadHead();
  });
}

void FramedPeer::GiveMemoryBack() {
  loop_.memory_left += std::exchange(held_memory_, 0);
  while (!loop_.waiting_for_memory.empty()) {
    const std::shared_ptr<FramedPeer> next = loop_.waiting_for_memory.front();
    if (next->wanted_memory() > loop_.memory_left) return;
    loop_.waiting_for_memory.pop_front();
    loop_.memory_left -= next->wanted_memory();
    next->OnMemory();
  }
}

}  // namespace cellar::thrift
