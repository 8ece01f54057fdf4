#include "hql/schema_translation.h"

#include <algorithm>
#include <map>
#include <optional>

#include "hql/parse_error.h"
#include "model/compressor_spec.h"
#include "model/error_codes.h"

namespace cellar::hql {

namespace {

Status Bad(const Name& name, const std::string& message) {
  return ErrorAt(name.position, message, model::kBadCommand);
}

/// The first name that stands in the list before, or nullptr.
template <typename Items, typename NameOf>
const Name* FindRepeated(const Items& items, NameOf name_of) {
  std::map<std::string_view, int> seen;
  for (const auto& item : items) {
    const Name& name = name_of(item);
    if (++seen[name.text] > 1) return &name;
  }
  return nullptr;
}

Status CheckNotRepeated(const Definitions& definitions) {
  if (const Name* name =
          FindRepeated(definitions.families, [](const FamilyClause& f) -> const Name& { return f.name; })) {
    return Bad(*name, "column family '" + name->text + "' is defined twice");
  }
  if (const Name* name = FindRepeated(definitions.groups, [](const GroupClause& g) -> const Name& { return g.name; })) {
    return Bad(*name, "access group '" + name->text + "' is defined twice");
  }
  for (const bool qualifier : {false, true}) {
    std::vector<Name> names;
    for (const IndexClause& index : definitions.indexes) {
      if (index.qualifier == qualifier) names.push_back(index.family);
    }
    if (const Name* name = FindRepeated(names, [](const Name& n) -> const Name& { return n; })) {
      return Bad(*name, "the index of column family '" + name->text + "' is defined twice");
    }
  }
  return Status();
}

/// Definitions as the model's values, families placed in their groups.
struct Shape {
  std::vector<model::ColumnFamily> families;
  std::vector<model::AccessGroup> groups;

  model::ColumnFamily* Find(const std::string& name) {
    const auto found = std::find_if(families.begin(), families.end(), [&](const auto& f) { return f.name == name; });
    return found == families.end() ? nullptr : &*found;
  }
};

model::AccessGroup ToGroup(const GroupClause& clause) {
  model::AccessGroup group;
  group.name = clause.name.text;
  group.options = clause.options;
  group.family_defaults = clause.family_defaults;
  return group;
}

Status PlaceFamilies(const GroupClause& clause, std::map<std::string, std::string>* placed, Shape* shape) {
  for (const Name& name : clause.families) {
    model::ColumnFamily* family = shape->Find(name.text);
    if (family == nullptr) {
      return Bad(name, "access group '" + clause.name.text + "' lists column family '" + name.text +
                           "', which is not defined here");
    }
    const auto [place, is_new] = placed->emplace(name.text, clause.name.text);
    if (!is_new) {
      return Bad(name, "column family '" + name.text + "' is in access group '" + place->second + "' already");
    }
    family->access_group = clause.name.text;
  }
  return Status();
}

Result<Shape> ToShape(const Definitions& definitions) {
  RETURN_IF_ERROR(CheckNotRepeated(definitions));
  Shape shape;
  for (const FamilyClause& clause : definitions.families) {
    model::ColumnFamily family;
    family.name = clause.name.text;
    family.options = clause.options;
    shape.families.push_back(std::move(family));
  }
  std::map<std::string, std::string> placed;
  for (const GroupClause& clause : definitions.groups) {
    shape.groups.push_back(ToGroup(clause));
    RETURN_IF_ERROR(PlaceFamilies(clause, &placed, &shape));
  }
  return shape;
}

std::vector<std::string> Texts(const std::vector<Name>& names) {
  std::vector<std::string> texts;
  for (const Name& name : names) texts.push_back(name.text);
  return texts;
}

/// Whether the family is there before the statement's own definitions; dropped ones are not.
bool Exists(const model::SchemaDefinition& current, const std::string& name) {
  return std::any_of(current.families.begin(), current.families.end(),
                     [&](const model::ColumnFamily& f) { return !f.deleted && f.name == name; });
}

struct Translation {
  const model::SchemaDefinition& current;

  Result<model::SchemaAlteration> operator()(const AddDefinitions& add) const {
    for (const FamilyClause& clause : add.definitions.families) {
      if (Exists(current, clause.name.text)) {
        return Bad(clause.name, "column family '" + clause.name.text + "' exists already");
      }
    }
    ASSIGN_OR_RETURN(Shape shape, ToShape(add.definitions));
    model::AddToSchema alteration;
    alteration.families = std::move(shape.families);
    alteration.groups = std::move(shape.groups);
    for (const IndexClause& index : add.definitions.indexes) {
      (index.qualifier ? alteration.qualifier_indexes : alteration.value_indexes).push_back(index.family.text);
    }
    return model::SchemaAlteration(std::move(alteration));
  }

  Result<model::SchemaAlteration> operator()(const ModifyDefinitions& modify) const {
    RETURN_IF_ERROR(CheckNotRepeated(modify.definitions));
    model::ModifySchema alteration;
    for (const FamilyClause& clause : modify.definitions.families) {
      model::ColumnFamily family;
      family.name = clause.name.text;
      family.options = clause.options;
      alteration.families.push_back(std::move(family));
    }
    for (const GroupClause& clause : modify.definitions.groups) {
      model::ModifySchema::Group group;
      group.group = ToGroup(clause);
      group.family_names = Texts(clause.families);
      alteration.groups.push_back(std::move(group));
    }
    return model::SchemaAlteration(std::move(alteration));
  }

  Result<model::SchemaAlteration> operator()(const DropFamilyList& drop) const {
    if (const Name* name = FindRepeated(drop.families, [](const Name& n) -> const Name& { return n; })) {
      return Bad(*name, "column family '" + name->text + "' is dropped twice");
    }
    model::DropFamilies alteration;
    alteration.names = Texts(drop.families);
    return model::SchemaAlteration(std::move(alteration));
  }

  Result<model::SchemaAlteration> operator()(const DropIndexList& drop) const {
    model::DropIndexes alteration;
    alteration.qualifier = drop.qualifier;
    alteration.names = Texts(drop.families);
    return model::SchemaAlteration(std::move(alteration));
  }

  Result<model::SchemaAlteration> operator()(const RenameFamilyPair& rename) const {
    model::RenameFamily alteration;
    alteration.old_name = rename.old_name.text;
    alteration.new_name = rename.new_name.text;
    return model::SchemaAlteration(std::move(alteration));
  }
};

void AddWarning(const std::optional<std::string>& compressor, std::vector<std::string>* warnings) {
  if (!compressor) return;
  const Result<model::CompressorSpec> spec = model::CompressorSpec::Parse(*compressor);
  if (!spec.ok() || spec->warning.empty()) return;
  if (std::find(warnings->begin(), warnings->end(), spec->warning) == warnings->end())
    warnings->push_back(spec->warning);
}

}  // namespace

Result<model::SchemaDefinition> ToSchemaDefinition(const CreateTable& create) {
  ASSIGN_OR_RETURN(Shape shape, ToShape(create.definitions));
  for (const IndexClause& index : create.definitions.indexes) {
    model::ColumnFamily* family = shape.Find(index.family.text);
    if (family == nullptr) return Bad(index.family, "column family '" + index.family.text + "' is not defined");
    (index.qualifier ? family->qualifier_index : family->value_index) = true;
  }
  model::SchemaDefinition definition;
  definition.families = std::move(shape.families);
  definition.groups = std::move(shape.groups);
  definition.group_defaults = create.group_defaults;
  definition.family_defaults = create.family_defaults;
  definition.group_commit_interval_ms = create.group_commit_interval_ms.value_or(0);
  definition.durability = create.durability.value_or(model::Durability::kSync);
  return definition;
}

Result<std::vector<model::SchemaAlteration>> ToAlterations(const AlterTable& alter,
                                                           const model::SchemaDefinition& current) {
  std::vector<model::SchemaAlteration> alterations;
  for (const Alteration& alteration : alter.alterations) {
    ASSIGN_OR_RETURN(model::SchemaAlteration translated, std::visit(Translation{current}, alteration));
    alterations.push_back(std::move(translated));
  }
  return alterations;
}

std::vector<std::string> SchemaWarnings(const model::SchemaDefinition& definition) {
  std::vector<std::string> warnings;
  AddWarning(definition.group_defaults.compressor, &warnings);
  for (const model::AccessGroup& group : definition.groups) AddWarning(group.options.compressor, &warnings);
  return warnings;
}

}  // namespace cellar::hql
