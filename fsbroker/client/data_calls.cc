#include "fsbroker/client/data_calls.h"

#include <thrift/TApplicationException.h>
#include <thrift/protocol/TProtocol.h>

#include <string>

#include "common/base/result.h"
#include "fsbroker/gen/Broker.h"

namespace cellar::fsbroker {
namespace {

using apache::thrift::TApplicationException;
using apache::thrift::protocol::TMessageType;
using apache::thrift::protocol::TProtocol;
using apache::thrift::protocol::TType;

/// What is known of an answer to `read`.
struct ReadAnswer {
  bool has_data = false;
  bool has_error = false;
  gen::BrokerError error;
};

void WriteI64(TProtocol& out, const char* name, int16_t id, int64_t value) {
  out.writeFieldBegin(name, TType::T_I64, id);
  out.writeI64(value);
  out.writeFieldEnd();
}

/// A binary is its length and its bytes.
void WritePieces(TProtocol& out, const char* name, int16_t id, std::span<const std::string_view> pieces) {
  size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  out.writeFieldBegin(name, TType::T_STRING, id);
  out.writeI32(static_cast<int32_t>(size));
  for (const std::string_view piece : pieces) {
    out.getTransport()->write(reinterpret_cast<const uint8_t*>(piece.data()), static_cast<uint32_t>(piece.size()));
  }
  out.writeFieldEnd();
}

Status ReadData(TProtocol& in, size_t size, char* out, size_t* got) {
  int32_t sent = 0;
  in.readI32(sent);
  if (sent < 0 || static_cast<size_t>(sent) > size) {
    return common::IoError(std::to_string(sent) + " bytes, where " + std::to_string(size) + " were asked for");
  }
  *got = static_cast<size_t>(sent);
  in.getTransport()->readAll(reinterpret_cast<uint8_t*>(out), static_cast<uint32_t>(sent));
  return Status();
}

Status ReadFields(TProtocol& in, size_t size, char* out, size_t* got, ReadAnswer* answer) {
  std::string ignored;
  in.readStructBegin(ignored);
  while (true) {
    TType type = TType::T_STOP;
    int16_t id = 0;
    in.readFieldBegin(ignored, type, id);
    if (type == TType::T_STOP) break;
    if (id == 0 && type == TType::T_STRING) {
      RETURN_IF_ERROR(ReadData(in, size, out, got));
      answer->has_data = true;
    } else if (id == 1 && type == TType::T_STRUCT) {
      answer->error.read(&in);
      answer->has_error = true;
    } else {
      in.skip(type);
    }
    in.readFieldEnd();
  }
  in.readStructEnd();
  in.readMessageEnd();
  in.getTransport()->readEnd();
  return Status();
}

}  // namespace

void AppendPieces(gen::BrokerClient& stub, int64_t file, uint64_t offset, std::span<const std::string_view> pieces,
                  bool sync) {
  TProtocol& out = *stub.getOutputProtocol();
  out.writeMessageBegin("append", TMessageType::T_CALL, 0);
  out.writeStructBegin("append");
  WriteI64(out, "file", 1, file);
  WriteI64(out, "offset", 2, static_cast<int64_t>(offset));
  WritePieces(out, "data", 3, pieces);
  out.writeFieldBegin("sync", TType::T_BOOL, 4);
  out.writeBool(sync);
  out.writeFieldEnd();
  out.writeFieldStop();
  out.writeStructEnd();
  out.writeMessageEnd();
  out.getTransport()->writeEnd();
  out.getTransport()->flush();
  stub.recv_append();
}

Status ReadInto(gen::BrokerClient& stub, int64_t file, uint64_t offset, size_t size, char* out, size_t* got) {
  stub.send_read(file, static_cast<int64_t>(offset), static_cast<int32_t>(size));
  TProtocol& in = *stub.getInputProtocol();
  std::string name;
  TMessageType type = TMessageType::T_CALL;
  int32_t sequence = 0;
  in.readMessageBegin(name, type, sequence);
  if (type == TMessageType::T_EXCEPTION) {
    TApplicationException failure;
    failure.read(&in);
    in.readMessageEnd();
    in.getTransport()->readEnd();
    throw failure;
  }
  if (type != TMessageType::T_REPLY || name != "read") return common::IoError("an answer to '" + name + "'");
  ReadAnswer answer;
  RETURN_IF_ERROR(ReadFields(in, size, out, got, &answer));
  if (answer.has_error) throw answer.error;
  return answer.has_data ? Status() : common::IoError("neither data nor an error");
}

}  // namespace cellar::fsbroker
