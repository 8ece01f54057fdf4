#include "model/schema_xml.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

#include "model/error_codes.h"
#include "model/xml_text.h"

namespace cellar::model {

namespace {

/// Letters in lower case, '_' left out: the dialects write "blksz", "BlockSize", "inMemory", "group_commit_interval".
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '_') plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return plain;
}

Status Bad(uint32_t line, const std::string& message) {
  return common::InvalidArgument("line " + std::to_string(line) + ": " + message).WithDetail(kSchemaParseError);
}

/// A setting: an attribute, or an element with nothing but text.
struct Setting {
  std::string name;   ///< As written.
  std::string plain;  ///< Plain() of it.
  std::string text;
  uint32_t line = 0;

  Status Unknown(std::string_view place) const {
    return Bad(line, "a " + std::string(place) + " has no '" + name + "'");
  }

  template <typename Number>
  Result<Number> AsNumber() const {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
    if (!whole || number < std::numeric_limits<Number>::min() || number > std::numeric_limits<Number>::max()) {
      return Bad(line, name + " is '" + text + "', which is no number that fits");
    }
    return static_cast<Number>(number);
  }

  Result<bool> AsBool() const {
    const std::string value = Plain(text);
    if (value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    return Bad(line, name + " is '" + text + "'; true or false is wanted");
  }
};

Setting SettingOf(std::string name, std::string text, uint32_t line) {
  Setting setting;
  setting.plain = Plain(name);
  setting.name = std::move(name);
  setting.text = std::move(text);
  setting.line = line;
  return setting;
}

/// Gives every attribute and every element without children to `settings`, every other element to `elements`. An empty
/// element that `elements` knows, such as <Options/>, goes there.
template <typename OnSetting, typename OnElement>
Status ReadParts(const XmlElement& element, OnSetting on_setting, OnElement on_element) {
  for (const auto& [name, value] : element.attributes) {
    RETURN_IF_ERROR(on_setting(SettingOf(name, value, element.line)));
  }
  for (const XmlElement& child : element.children) {
    ASSIGN_OR_RETURN(const bool known, on_element(Plain(child.name), child));
    if (known) continue;
    if (!child.children.empty()) return Bad(child.line, "<" + element.name + "> has no <" + child.name + ">");
    RETURN_IF_ERROR(on_setting(SettingOf(child.name, child.text, child.line)));
  }
  return Status();
}

Result<bool> NoElements(const std::string&, const XmlElement&) {
  return false;
}

// ---- Options

/// False when the setting is no option of a column family.
Result<bool> TakeOption(const Setting& setting, ColumnFamilyOptions* options) {
  if (setting.plain == "maxversions" || setting.plain == "celllimit") {
    ASSIGN_OR_RETURN(options->max_versions, setting.AsNumber<int32_t>());
  } else if (setting.plain == "ttl") {
    ASSIGN_OR_RETURN(options->ttl_seconds, setting.AsNumber<int32_t>());
  } else if (setting.plain == "timeorder") {
    const std::string order = Plain(setting.text);
    if (order != "asc" && order != "desc") return Bad(setting.line, "TimeOrder is asc or desc");
    options->time_order_desc = order == "desc";
  } else if (setting.plain == "counter") {
    ASSIGN_OR_RETURN(options->counter, setting.AsBool());
  } else {
    return false;
  }
  return true;
}

Result<bool> TakeOption(const Setting& setting, AccessGroupOptions* options) {
  if (setting.plain == "replication") {
    ASSIGN_OR_RETURN(options->replication, setting.AsNumber<int16_t>());
  } else if (setting.plain == "blocksize" || setting.plain == "blksz") {
    ASSIGN_OR_RETURN(options->block_size_bytes, setting.AsNumber<uint32_t>());
  } else if (setting.plain == "compressor") {
    options->compressor = setting.text;
  } else if (setting.plain == "bloomfilter") {
    options->bloom_filter = setting.text;
  } else if (setting.plain == "inmemory") {
    ASSIGN_OR_RETURN(options->in_memory, setting.AsBool());
  } else {
    return false;
  }
  return true;
}

template <typename Options>
Status ReadOptions(const XmlElement& element, Options* options) {
  const auto on_setting = [&](const Setting& setting) -> Status {
    ASSIGN_OR_RETURN(const bool known, TakeOption(setting, options));
    return known ? Status() : setting.Unknown("<" + element.name + ">");
  };
  return ReadParts(element, on_setting, NoElements);
}

// ---- Families and groups

Result<bool> TakeFamilySetting(const Setting& setting, ColumnFamily* family) {
  if (setting.plain == "id") {
    ASSIGN_OR_RETURN(const uint8_t id, setting.AsNumber<uint8_t>());
    family->id = FamilyId(id);
  } else if (setting.plain == "name") {
    family->name = setting.text;
  } else if (setting.plain == "newname") {  // of a rename that was under way: the name that counts
    if (!setting.text.empty()) family->name = setting.text;
  } else if (setting.plain == "deleted") {
    ASSIGN_OR_RETURN(family->deleted, setting.AsBool());
  } else if (setting.plain == "index") {
    ASSIGN_OR_RETURN(family->value_index, setting.AsBool());
  } else if (setting.plain == "qualifierindex") {
    ASSIGN_OR_RETURN(family->qualifier_index, setting.AsBool());
  } else if (setting.plain != "generation" && setting.plain != "renamed") {  // ours to give
    return TakeOption(setting, &family->options);
  }
  return true;
}

Result<ColumnFamily> ReadFamily(const XmlElement& element, const std::string& group) {
  ColumnFamily family;
  family.access_group = group;
  const auto on_setting = [&](const Setting& setting) -> Status {
    if (setting.plain == "accessgroup") {
      if (setting.text == group) return Status();
      return Bad(setting.line,
                 "a column family of access group '" + setting.text + "' stands in group '" + group + "'");
    }
    ASSIGN_OR_RETURN(const bool known, TakeFamilySetting(setting, &family));
    return known ? Status() : setting.Unknown("column family");
  };
  const auto on_element = [&](const std::string& name, const XmlElement& child) -> Result<bool> {
    if (name != "options") return false;
    RETURN_IF_ERROR(ReadOptions(child, &family.options));
    return true;
  };
  RETURN_IF_ERROR(ReadParts(element, on_setting, on_element));
  if (family.name.empty()) return Bad(element.line, "the column family has no name");
  return family;
}

Status ReadGroup(const XmlElement& element, SchemaDefinition* schema) {
  AccessGroup group;
  const auto is_name = [](const auto& attribute) { return Plain(attribute.first) == "name"; };
  const auto name = std::find_if(element.attributes.begin(), element.attributes.end(), is_name);
  if (name == element.attributes.end()) return Bad(element.line, "the access group has no name");
  group.name = name->second;
  const auto on_setting = [&](const Setting& setting) -> Status {
    if (setting.plain == "name" || setting.plain == "generation") return Status();
    ASSIGN_OR_RETURN(const bool known, TakeOption(setting, &group.options));
    return known ? Status() : setting.Unknown("access group");
  };
  const auto on_element = [&](const std::string& kind, const XmlElement& child) -> Result<bool> {
    if (kind == "options") {
      RETURN_IF_ERROR(ReadOptions(child, &group.options));
    } else if (kind == "columnfamilydefaults") {
      RETURN_IF_ERROR(ReadOptions(child, &group.family_defaults));
    } else if (kind == "columnfamily") {
      ASSIGN_OR_RETURN(ColumnFamily family, ReadFamily(child, group.name));
      if (!family.deleted) schema->families.push_back(std::move(family));
    } else {
      return false;
    }
    return true;
  };
  RETURN_IF_ERROR(ReadParts(element, on_setting, on_element));
  schema->groups.push_back(std::move(group));
  return Status();
}

// ---- The whole

Status TakeSchemaSetting(const Setting& setting, SchemaDefinition* schema) {
  if (setting.plain == "generation") return Status();
  if (setting.plain == "version") {
    ASSIGN_OR_RETURN(schema->version, setting.AsNumber<int32_t>());
    return Status();
  }
  if (setting.plain == "groupcommitinterval") {
    ASSIGN_OR_RETURN(schema->group_commit_interval_ms, setting.AsNumber<uint32_t>());
    return Status();
  }
  if (setting.plain == "durability") {
    for (const auto durability : {Durability::kSync, Durability::kFlush, Durability::kNone}) {
      if (setting.text != DurabilityName(durability)) continue;
      schema->durability = durability;
      return Status();
    }
    return Bad(setting.line, "Durability is sync, flush or none");
  }
  ASSIGN_OR_RETURN(const bool known, TakeOption(setting, &schema->group_defaults));
  return known ? Status() : setting.Unknown("schema");
}

}  // namespace

Result<SchemaDefinition> SchemaFromXml(std::string_view xml) {
  if (xml.size() > kMaxSchemaXmlBytes) {
    return common::InvalidArgument("the schema is longer than " + std::to_string(kMaxSchemaXmlBytes) + " bytes")
        .WithDetail(kSchemaParseError);
  }
  ASSIGN_OR_RETURN(const XmlElement root, ParseXml(xml));
  if (Plain(root.name) != "schema") return Bad(root.line, "expected <Schema>, found <" + root.name + ">");
  SchemaDefinition schema;
  const auto on_setting = [&](const Setting& setting) { return TakeSchemaSetting(setting, &schema); };
  const auto on_element = [&](const std::string& kind, const XmlElement& child) -> Result<bool> {
    if (kind == "accessgroupdefaults") {
      RETURN_IF_ERROR(ReadOptions(child, &schema.group_defaults));
    } else if (kind == "columnfamilydefaults") {
      RETURN_IF_ERROR(ReadOptions(child, &schema.family_defaults));
    } else if (kind == "accessgroup") {
      RETURN_IF_ERROR(ReadGroup(child, &schema));
    } else {
      return false;
    }
    return true;
  };
  RETURN_IF_ERROR(ReadParts(root, on_setting, on_element));
  return schema;
}

}  // namespace cellar::model
