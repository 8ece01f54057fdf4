#include "rangeserver/write/session_order.h"

#include <algorithm>
#include <utility>

namespace cellar::rangeserver {

SessionOrder::Place::Place(std::shared_ptr<SessionOrder> order, model::SessionId session)
    : order_(std::move(order)), session_(session) {
  if (session == model::SessionId()) return;
  own_ = std::make_shared<Turn>();
  std::shared_ptr<Turn>& last = order_->last_[session];
  before_ = std::exchange(last, own_);
}

Task<void> SessionOrder::Place::AwaitTurn() {
  if (before_ == nullptr) co_return;
  while (!before_->is_over) co_await before_->over.Wait();
  before_.reset();
}

void SessionOrder::Place::Leave() {
  if (own_ == nullptr) return;
  own_->is_over = true;
  own_->over.Set();
  const auto last = order_->last_.find(session_);
  if (last != order_->last_.end() && last->second == own_) order_->last_.erase(last);
  own_.reset();
}

Status SessionOrder::CheckGoesOn(model::SessionId session, bool resumes, Nanos now) {
  const auto found = stalled_.find(session);
  if (found == stalled_.end()) return common::OkStatus();
  if (!resumes && now < found->second) return common::Busy("an earlier frame of the session was refused");
  stalled_.erase(found);
  return common::OkStatus();
}

void SessionOrder::NoteRefusal(model::SessionId session, const Status& status, Nanos now) {
  const bool comes_again = status.Is(StatusCode::kBusy) || status.Is(StatusCode::kNotOwner) ||
                           status.Is(StatusCode::kUnavailable) || status.Is(StatusCode::kTimedOut) ||
                           status.Is(StatusCode::kStaleSchema);
  if (!comes_again || session == model::SessionId()) return;
  if (stalled_.size() >= kMaxStalledSessions && !stalled_.contains(session)) MakeRoom(now);
  stalled_[session] = now + kStallLife;
}

void SessionOrder::MakeRoom(Nanos now) {
  std::erase_if(stalled_, [now](const auto& stalled) { return stalled.second <= now; });
  if (stalled_.size() < kMaxStalledSessions) return;
  const auto ends_sooner = [](const auto& a, const auto& b) { return a.second < b.second; };
  stalled_.erase(std::min_element(stalled_.begin(), stalled_.end(), ends_sooner));
}

}  // namespace cellar::rangeserver
