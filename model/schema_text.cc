#include "model/schema_text.h"

#include <algorithm>
#include <array>

namespace cellar::model {

namespace {

constexpr std::array<std::string_view, 16> kReservedWords = {
    "access",      "cells",     "end_time",  "for",    "from",       "group", "index", "into",
    "maintenance", "namespace", "qualifier", "regexp", "start_time", "table", "value", "wait"};

char Small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsCapital(char c) {
  return c >= 'A' && c <= 'Z';
}

/// Writes elements, two blanks a level. Names and option texts hold no characters that XML would mind but these.
class XmlWriter {
 public:
  void Open(std::string_view name, std::string_view attributes = {}) {
    Indent();
    out_ += "<" + std::string(name) + std::string(attributes) + ">\n";
    ++depth_;
  }
  void Close(std::string_view name) {
    --depth_;
    Indent();
    out_ += "</" + std::string(name) + ">\n";
  }
  void Element(std::string_view name, std::string_view text) {
    Indent();
    out_ += "<" + std::string(name) + ">" + Escape(text) + "</" + std::string(name) + ">\n";
  }
  void Element(std::string_view name, int64_t number) { Element(name, std::to_string(number)); }
  void Element(std::string_view name, bool flag) { Element(name, std::string_view(flag ? "true" : "false")); }

  static std::string Escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '&')
        out += "&amp;";
      else if (c == '<')
        out += "&lt;";
      else if (c == '>')
        out += "&gt;";
      else if (c == '"')
        out += "&quot;";
      else
        out.push_back(c);
    }
    return out;
  }
  std::string Take() { return std::move(out_); }

 private:
  void Indent() { out_.append(2 * depth_, ' '); }
  std::string out_;
  size_t depth_ = 0;
};

void WriteOptions(std::string_view element, const ColumnFamilyOptions& options, XmlWriter* xml) {
  xml->Open(element);
  if (options.max_versions) xml->Element("MaxVersions", int64_t{*options.max_versions});
  if (options.ttl_seconds) xml->Element("TTL", int64_t{*options.ttl_seconds});
  if (options.time_order_desc) xml->Element("TimeOrder", std::string_view(*options.time_order_desc ? "desc" : "asc"));
  if (options.counter) xml->Element("Counter", *options.counter);
  xml->Close(element);
}

void WriteOptions(std::string_view element, const AccessGroupOptions& options, XmlWriter* xml) {
  xml->Open(element);
  if (options.replication) xml->Element("Replication", int64_t{*options.replication});
  if (options.block_size_bytes) xml->Element("BlockSize", int64_t{*options.block_size_bytes});
  if (options.compressor) xml->Element("Compressor", *options.compressor);
  if (options.bloom_filter) xml->Element("BloomFilter", *options.bloom_filter);
  if (options.in_memory) xml->Element("InMemory", *options.in_memory);
  xml->Close(element);
}

void WriteFamily(const ColumnFamily& family, bool with_ids, XmlWriter* xml) {
  xml->Open("ColumnFamily", with_ids ? " id=\"" + std::to_string(family.id.get()) + "\"" : "");
  if (with_ids) xml->Element("Generation", family.generation.get());
  xml->Element("Name", family.name);
  xml->Element("AccessGroup", family.access_group);
  xml->Element("Deleted", family.deleted);
  if (family.value_index) xml->Element("Index", true);
  if (with_ids && family.value_index_building) xml->Element("IndexState", std::string_view("building"));
  if (family.qualifier_index) xml->Element("QualifierIndex", true);
  if (with_ids && family.qualifier_index_building) xml->Element("QualifierIndexState", std::string_view("building"));
  WriteOptions("Options", family.options, xml);
  xml->Close("ColumnFamily");
}

void AppendOptions(const ColumnFamilyOptions& options, std::string* out) {
  if (options.max_versions) *out += " MAX_VERSIONS " + std::to_string(*options.max_versions);
  if (options.time_order_desc) *out += *options.time_order_desc ? " TIME_ORDER DESC" : " TIME_ORDER ASC";
  if (options.ttl_seconds) *out += " TTL " + std::to_string(*options.ttl_seconds);
  if (options.counter) *out += *options.counter ? " COUNTER true" : " COUNTER false";
}

void AppendOptions(const AccessGroupOptions& options, std::string* out) {
  if (options.in_memory) *out += *options.in_memory ? " IN_MEMORY true" : " IN_MEMORY false";
  if (options.replication) *out += " REPLICATION " + std::to_string(*options.replication);
  if (options.block_size_bytes) *out += " BLOCKSIZE " + std::to_string(*options.block_size_bytes);
  if (options.compressor) *out += " COMPRESSOR '" + *options.compressor + "'";
  if (options.bloom_filter) *out += " BLOOMFILTER '" + *options.bloom_filter + "'";
}

/// "ACCESS GROUP g (a, b) options"; empty for a group that has neither families nor options.
std::string GroupLine(const SchemaDefinition& schema, const AccessGroup& group) {
  std::string members;
  for (const ColumnFamily& family : schema.families)
    if (!family.deleted && family.access_group == group.name)
      members += (members.empty() ? "" : ", ") + QuoteName(family.name);
  if (members.empty() && group.options.empty() && group.family_defaults.empty()) return {};
  std::string line = "ACCESS GROUP " + QuoteName(group.name) + " (" + members + ")";
  AppendOptions(group.options, &line);
  AppendOptions(group.family_defaults, &line);
  return line;
}

}  // namespace

std::string QuoteName(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_plain = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  const bool is_word = !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), is_plain);
  if (is_word && !IsReservedWord(name)) return std::string(name);
  std::string quoted = "'";
  for (const char c : name) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

bool IsReservedWord(std::string_view word) {
  if (word.empty()) return false;
  const auto is_capital = [](char c) { return c == '_' || IsCapital(c); };
  const auto is_small = [](char c) { return !IsCapital(c); };
  const bool is_usual =
      std::all_of(word.begin() + 1, word.end(), is_small) || std::all_of(word.begin(), word.end(), is_capital);
  std::string small(word);
  std::transform(small.begin(), small.end(), small.begin(), Small);
  return is_usual && std::find(kReservedWords.begin(), kReservedWords.end(), small) != kReservedWords.end();
}

std::string SchemaToXml(const Schema& schema, bool with_ids) {
  const SchemaDefinition& definition = schema.definition();
  XmlWriter xml;
  xml.Open("Schema", definition.version == 0 ? "" : " version=\"" + std::to_string(definition.version) + "\"");
  if (with_ids) xml.Element("Generation", definition.generation.get());
  if (definition.group_commit_interval_ms > 0)
    xml.Element("GroupCommitInterval", int64_t{definition.group_commit_interval_ms});
  xml.Element("Durability", DurabilityName(definition.durability));
  WriteOptions("AccessGroupDefaults", definition.group_defaults, &xml);
  WriteOptions("ColumnFamilyDefaults", definition.family_defaults, &xml);
  for (const AccessGroup& group : definition.groups) {
    xml.Open("AccessGroup", " name=\"" + XmlWriter::Escape(group.name) + "\"");
    if (with_ids) xml.Element("Generation", group.generation.get());
    WriteOptions("Options", group.options, &xml);
    WriteOptions("ColumnFamilyDefaults", group.family_defaults, &xml);
    for (const ColumnFamily& family : definition.families)
      if (family.access_group == group.name) WriteFamily(family, with_ids, &xml);
    xml.Close("AccessGroup");
  }
  xml.Close("Schema");
  return xml.Take();
}

std::string SchemaToCreateStatement(const Schema& schema, std::string_view table_name) {
  const SchemaDefinition& definition = schema.definition();
  std::vector<std::string> lines;
  for (const ColumnFamily& family : definition.families) {
    if (family.deleted) continue;
    lines.push_back(QuoteName(family.name));
    AppendOptions(family.options, &lines.back());
  }
  for (const ColumnFamily& family : definition.families) {
    if (family.value_index) lines.push_back("INDEX " + QuoteName(family.name));
    if (family.qualifier_index) lines.push_back("QUALIFIER INDEX " + QuoteName(family.name));
  }
  for (const AccessGroup& group : definition.groups) {
    std::string line = GroupLine(definition, group);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  std::string out = "CREATE TABLE " + QuoteName(table_name) + " (\n";
  for (size_t i = 0; i < lines.size(); ++i) out += "  " + lines[i] + (i + 1 < lines.size() ? ",\n" : "\n");
  out += ")";
  AppendOptions(definition.group_defaults, &out);
  AppendOptions(definition.family_defaults, &out);
  if (definition.group_commit_interval_ms > 0)
    out += " GROUP_COMMIT_INTERVAL " + std::to_string(definition.group_commit_interval_ms);
  out += " DURABILITY " + std::string(DurabilityName(definition.durability));
  return out;
}

}  // namespace cellar::model
