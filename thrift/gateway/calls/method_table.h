#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/unique_function.h"
#include "thrift/gateway/calls/argument_text.h"
#include "thrift/gateway/calls/call_site.h"
#include "thrift/gateway/translate/errors.h"
#include "thrift/gateway/wire/message.h"

namespace cellar::thrift {

/// How a call ended: the frame to send, and for log and metrics what failed and what it was about.
struct CallOutcome {
  AnswerFrame frame;
  Status status;
  std::string arguments;  ///< "namespace=17 table=t".

  CallOutcome() = default;
};

using Finish = UniqueFunction<void(CallOutcome)>;

/// Names → functions. Filled before use, then constant.
///
/// A method is a function of the call's site, its arguments as generated, and what its answer's `success` shall be (not
/// for void): it returns a Status. The names of one method share the function; on the wire they differ by name only.
class MethodTable {
 public:
  struct Method {
    std::string name;  ///< The older one.
    std::function<void(const CallSite&, RequestReader&, const MessageHead&, Finish)> run;

    Method() = default;
  };

  /// Null for an unknown name.
  const Method* Find(std::string_view name) const;
  std::vector<const Method*> All() const;  ///< Each once.

  /// `Answer`: the generated type of what the method answers.
  template <typename Answer, typename Arguments>
  void Bind(std::initializer_list<std::string_view> names, Status (*function)(const CallSite&, const Arguments&));
  template <typename Answer, typename Arguments, typename Success>
  void Bind(std::initializer_list<std::string_view> names,
            Status (*function)(const CallSite&, const Arguments&, Success*));

  /// Of a method that may wait long without a thread: it calls back once, with status and result, from any thread.
  template <typename Answer, typename Arguments, typename Success>
  void BindLater(std::initializer_list<std::string_view> names,
                 void (*function)(const CallSite&, const Arguments&, UniqueFunction<void(Status, Success)>));

 private:
  void Add(std::initializer_list<std::string_view> names, decltype(Method::run) run);

  std::vector<std::unique_ptr<Method>> methods_;
  std::map<std::string, Method*, std::less<>> by_name_;
};

/// The answer of a method, from its status and, when OK, its result, which is used up. (Thrift 0.17 declares that
/// answers move, and does not define it.)
template <typename Answer>
CallOutcome OutcomeOf(const MessageHead& head, Answer& answer, Status status, std::string arguments) {
  CallOutcome outcome;
  if constexpr (requires { answer.success; }) answer.__isset.success = status.ok();
  if constexpr (requires { answer.e; }) {
    if (!status.ok()) {
      answer.e = ToException(status, arguments);
      answer.__isset.e = true;
    }
  } else {
    CHECK(status.ok());
  }
  outcome.frame = MakeAnswer(head, answer);
  outcome.status = std::move(status);
  outcome.arguments = std::move(arguments);
  return outcome;
}

/// For arguments that do not read.
CallOutcome BadArguments(const MessageHead& head, Status status);

template <typename Answer, typename Arguments>
void MethodTable::Bind(std::initializer_list<std::string_view> names,
                       Status (*function)(const CallSite&, const Arguments&)) {
  Add(names, [function](const CallSite& site, RequestReader& reader, const MessageHead& head, Finish finish) {
    Arguments arguments;
    if (Status read = reader.Read(&arguments); !read.ok()) return finish(BadArguments(head, std::move(read)));
    std::string text = ArgumentText(arguments);
    Answer answer;
    finish(OutcomeOf(head, answer, function(site, arguments), std::move(text)));
  });
}

template <typename Answer, typename Arguments, typename Success>
void MethodTable::Bind(std::initializer_list<std::string_view> names,
                       Status (*function)(const CallSite&, const Arguments&, Success*)) {
  Add(names, [function](const CallSite& site, RequestReader& reader, const MessageHead& head, Finish finish) {
    Arguments arguments;
    if (Status read = reader.Read(&arguments); !read.ok()) return finish(BadArguments(head, std::move(read)));
    std::string text = ArgumentText(arguments);
    Answer answer;
    Status status = function(site, arguments, &answer.success);
    finish(OutcomeOf(head, answer, std::move(status), std::move(text)));
  });
}

template <typename Answer, typename Arguments, typename Success>
void MethodTable::BindLater(std::initializer_list<std::string_view> names,
                            void (*function)(const CallSite&, const Arguments&,
                                             UniqueFunction<void(Status, Success)>)) {
  Add(names, [function](const CallSite& site, RequestReader& reader, const MessageHead& head, Finish finish) {
    Arguments arguments;
    if (Status read = reader.Read(&arguments); !read.ok()) return finish(BadArguments(head, std::move(read)));
    std::string text = ArgumentText(arguments);
    auto answer_later = [head, text = std::move(text), finish = std::move(finish)](Status status,
                                                                                   Success result) mutable {
      Answer answer;
      answer.success = std::move(result);
      finish(OutcomeOf(head, answer, std::move(status), std::move(text)));
    };
    function(site, arguments, UniqueFunction<void(Status, Success)>(std::move(answer_later)));
  });
}

}  // namespace cellar::thrift
