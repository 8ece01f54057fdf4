#include "model/schema.h"

#include <gtest/gtest.h>

#include "model/counter.h"
#include "model/manifest.h"
#include "model/scan_spec.h"
#include "model/schema_text.h"
#include "model/system_schemas.h"
#include "tests/support/random_cells.h"

namespace cellar::model {
namespace {

ColumnFamily Family(std::string name, std::string group = "") {
  ColumnFamily family;
  family.name = std::move(name);
  family.access_group = std::move(group);
  return family;
}

AccessGroup Group(std::string name) {
  AccessGroup group;
  group.name = std::move(name);
  return group;
}

SchemaDefinition Fruit() {
  SchemaDefinition definition;
  definition.families = {Family("color", "meta"), Family("taste"), Family("sold")};
  definition.families[0].options.max_versions = 3;
  definition.families[1].value_index = true;
  definition.families[2].options.counter = true;
  definition.groups = {Group("meta")};
  definition.groups[0].options.in_memory = true;
  definition.groups[0].family_defaults.ttl_seconds = 3600;
  definition.group_defaults.compressor = "zstd --level 5";
  definition.group_commit_interval_ms = 100;
  return definition;
}

Schema MustCreate(SchemaDefinition definition) {
  Result<Schema> schema = Schema::Create(std::move(definition));
  EXPECT_TRUE(schema.ok()) << schema.status().ToString();
  return std::move(schema).value();
}

void ExpectRefused(SchemaDefinition definition, int32_t detail, const std::string& message) {
  const Result<Schema> schema = Schema::Create(std::move(definition));
  ASSERT_FALSE(schema.ok()) << message;
  EXPECT_EQ(schema.status().detail(), detail);
  EXPECT_EQ(schema.status().message(), message);
}

TEST(SchemaTest, Create_GivesIdsInOrderAndResolvesDefaults) {
  const Schema schema = MustCreate(Fruit());
  EXPECT_EQ(schema.generation(), SchemaGeneration{1});
  EXPECT_EQ(schema.FindFamily("taste")->id, FamilyId{2});
  EXPECT_EQ(schema.FindFamily(FamilyId{3})->name, "sold");
  EXPECT_EQ(schema.groups()[0].name, "default");
  EXPECT_EQ(schema.rules(FamilyId{1}).max_versions, 3);
  EXPECT_EQ(schema.rules(FamilyId{1}).ttl_seconds, 3600);
  EXPECT_EQ(schema.rules(FamilyId{2}).ttl_seconds, 0);
  EXPECT_TRUE(schema.rules(FamilyId{3}).counter);
  EXPECT_EQ(schema.group_index(FamilyId{1}), 1u);
  EXPECT_EQ(schema.group_rules(0).compressor.compressor, Compressor::kZstd);
  EXPECT_EQ(schema.group_rules(0).compressor.level, 5);
  EXPECT_TRUE(schema.group_rules(1).in_memory);
  EXPECT_EQ(schema.FindFamily("none"), nullptr);
  EXPECT_FALSE(schema.is_live(FamilyId{4}));
}

TEST(SchemaTest, BadDefinitions_AreRefusedWithTheirPublicCode) {
  SchemaDefinition bad = Fruit();
  bad.families[2].options.max_versions = 1;
  ExpectRefused(bad, 61, "column family 'sold': COUNTER excludes MAX_VERSIONS");
  bad = Fruit();
  bad.families[2].options.time_order_desc = true;
  ExpectRefused(bad, 61, "column family 'sold': COUNTER excludes TIME_ORDER DESC");
  bad = Fruit();
  bad.families[2].qualifier_index = true;
  ExpectRefused(bad, 61, "column family 'sold': COUNTER excludes QUALIFIER INDEX");
  bad = Fruit();
  bad.families[1].name = "color";
  ExpectRefused(bad, 0x60002, "column family 'color' is defined twice");
  bad = Fruit();
  bad.families[1].access_group = "nowhere";
  ExpectRefused(bad, 7, "column family 'taste' is in the unknown access group 'nowhere'");
  bad = Fruit();
  bad.groups.push_back(Group("meta"));
  ExpectRefused(bad, 0x60002, "access group 'meta' is defined twice");
  bad = Fruit();
  bad.groups[0].options.compressor = "gzip";
  ExpectRefused(bad, 14, "access group 'meta': compressor 'gzip': 'gzip' is not known");
  bad = Fruit();
  bad.families[0].name = "1st";
  ExpectRefused(
      bad, 0x60002,
      "column family name \"1st\" must be a letter followed by letters, digits, '_' or '-', at most 255 of them");
  bad = SchemaDefinition();
  for (int i = 0; i < 255; ++i) bad.families.push_back(Family("f" + std::to_string(i)));
  ExpectRefused(bad, 24, "255 column families, dropped ones counted; the limit over a table's life is 254");
  bad.families.pop_back();
  EXPECT_TRUE(Schema::Create(bad).ok());
}

TEST(SchemaTest, Encoding_RoundTripsAndRefusesEveryCut) {
  const Schema schema = MustCreate(Fruit());
  const std::string bytes = schema.Encode();
  const Result<Schema> decoded = Schema::Decode(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, schema);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(Schema::Decode(std::string_view(bytes).substr(0, size)).status().code(), StatusCode::kCorruption);
  std::string newer = bytes;
  newer[0] = 3;
  EXPECT_EQ(Schema::Decode(newer).status().code(), StatusCode::kUnsupported);
  EXPECT_EQ(*SchemaDefinition::Decode(Fruit().Encode()), Fruit());
}

TEST(SchemaAlterationTest, AddDropRename_NeverUseAnIdAgain) {
  const Schema first = MustCreate(Fruit());
  AddToSchema add;
  add.families = {Family("price", "money")};
  add.groups = {Group("money")};
  add.value_indexes = {"price"};
  DropFamilies drop;
  drop.names = {"taste"};
  RenameFamily rename;
  rename.old_name = "color";
  rename.new_name = "taste";
  const Result<Schema> second = first.Alter({add, drop, rename});
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_EQ(second->generation(), SchemaGeneration{2});
  EXPECT_EQ(second->FindFamily("price")->id, FamilyId{4});
  EXPECT_TRUE(second->FindFamily("price")->value_index);
  EXPECT_EQ(second->FindFamily("taste")->id, FamilyId{1});
  EXPECT_FALSE(second->is_live(FamilyId{2}));
  EXPECT_TRUE(second->has_family(FamilyId{2}));
  EXPECT_EQ(second->FindFamily(FamilyId{3})->generation, SchemaGeneration{1});
  EXPECT_EQ(second->FindFamily(FamilyId{1})->generation, SchemaGeneration{2});
  AddToSchema again;
  again.families = {Family("sour")};
  EXPECT_EQ(second->Alter({again})->FindFamily("sour")->id, FamilyId{5});
}

void ExpectAlterRefused(const Schema& schema, const SchemaAlteration& alteration, const std::string& message) {
  const Result<Schema> altered = schema.Alter({alteration});
  ASSERT_FALSE(altered.ok()) << message;
  EXPECT_EQ(altered.status().detail(), 0x60002);
  EXPECT_EQ(altered.status().message(), message);
}

TEST(SchemaAlterationTest, WhatMayNotChange_IsRefused) {
  const Schema schema = MustCreate(Fruit());
  AddToSchema add;
  add.families = {Family("color")};
  ExpectAlterRefused(schema, add, "column family 'color' exists");
  ExpectAlterRefused(schema, DropFamilies{{"none"}}, "column family 'none' does not exist");
  ExpectAlterRefused(schema, DropFamilies{{"color", "color"}}, "column family 'color' does not exist");
  ExpectAlterRefused(schema, RenameFamily{"color", "sold"}, "column family 'sold' exists");
  ExpectAlterRefused(schema, DropIndexes{false, {"color"}}, "column family 'color' does not have that index");
  ModifySchema modify;
  modify.families = {Family("color")};
  modify.families[0].options.time_order_desc = true;
  ExpectAlterRefused(schema, modify, "column family 'color': TIME_ORDER cannot be changed");
  modify.families = {Family("sold")};
  ExpectAlterRefused(schema, modify, "column family 'sold': COUNTER cannot be changed");
  modify.families.clear();
  modify.groups = {ModifySchema::Group{Group("meta"), {}}};
  ExpectAlterRefused(schema, modify, "MODIFY of access group 'meta' must list its column family 'color'");
  modify.groups[0].family_names = {"color"};
  modify.groups[0].group.options.compressor = "lz4";
  ExpectAlterRefused(schema, modify, "access group 'meta': COMPRESSOR cannot be changed");
  modify.groups = {ModifySchema::Group{Group("default"), {"taste", "sold"}}};
  modify.groups[0].group.options.in_memory = true;
  ExpectAlterRefused(schema, modify, "access group 'default': IN_MEMORY cannot be turned on");
}

TEST(SchemaAlterationTest, Modify_RevertsUnwrittenOptionsToDefaults) {
  const Schema schema = MustCreate(Fruit());
  ModifySchema modify;
  modify.families = {Family("color")};
  modify.groups = {ModifySchema::Group{Group("meta"), {"color"}}};
  const Result<Schema> altered = schema.Alter({modify});
  ASSERT_TRUE(altered.ok()) << altered.status().ToString();
  EXPECT_EQ(altered->rules(FamilyId{1}).max_versions, 0);
  EXPECT_EQ(altered->rules(FamilyId{1}).ttl_seconds, 0);
  EXPECT_FALSE(altered->group_rules(1).in_memory);
}

TEST(SchemaAlterationTest, Replace_MatchesByIdThenNameAndDropsTheRest) {
  const Schema schema = MustCreate(Fruit());
  SchemaDefinition wanted = schema.definition();
  wanted.families.erase(wanted.families.begin() + 1);
  wanted.families[0].name = "hue";
  wanted.families.push_back(Family("new"));
  const Result<Schema> replaced = schema.Replace(wanted);
  ASSERT_TRUE(replaced.ok()) << replaced.status().ToString();
  EXPECT_EQ(replaced->FindFamily("hue")->id, FamilyId{1});
  EXPECT_FALSE(replaced->is_live(FamilyId{2}));
  EXPECT_EQ(replaced->FindFamily("new")->id, FamilyId{4});
  wanted.families[0].access_group = "default";
  EXPECT_EQ(schema.Replace(wanted).status().message(), "column family 'color' cannot be moved to another access group");
  const Result<Schema> same = schema.Replace(replaced->definition());
  ASSERT_TRUE(same.ok()) << same.status().ToString();
  EXPECT_EQ(same->Encode(), replaced->Encode()) << "its new family has an id that no family had";
  const Result<Schema> altered = schema.Replace(schema.Alter({DropFamilies{{"taste"}}})->definition());
  ASSERT_TRUE(altered.ok()) << altered.status().ToString();
  EXPECT_FALSE(altered->is_live(FamilyId{2}));
}

TEST(SchemaAlterationTest, Replace_TakesWhatAlterMade) {
  const Schema schema = MustCreate(Fruit());
  AddToSchema add;
  add.families.push_back(Family("taste"));
  add.families.push_back(Family("shape"));
  const Result<Schema> altered = schema.Alter({DropFamilies{{"taste"}}, add});
  ASSERT_TRUE(altered.ok()) << altered.status().ToString();
  const Result<Schema> replaced = schema.Replace(altered->definition());
  ASSERT_TRUE(replaced.ok()) << replaced.status().ToString();
  for (const char* name : {"color", "taste", "shape"})
    EXPECT_EQ(replaced->FindFamily(name)->id, altered->FindFamily(name)->id) << name;
  EXPECT_NE(replaced->FindFamily("taste")->id, schema.FindFamily("taste")->id)
      << "dropped and added again: another one";
  EXPECT_FALSE(replaced->is_live(schema.FindFamily("taste")->id));
}

TEST(SchemaTextTest, CreateStatement_IsCanonical) {
  SchemaDefinition definition = Fruit();
  definition.families[0].name = "the_color";
  EXPECT_EQ(SchemaToCreateStatement(MustCreate(definition), "fruit"),
            "CREATE TABLE fruit (\n"
            "  'the_color' MAX_VERSIONS 3,\n"
            "  taste,\n"
            "  sold COUNTER true,\n"
            "  INDEX taste,\n"
            "  ACCESS GROUP default (taste, sold),\n"
            "  ACCESS GROUP meta ('the_color') IN_MEMORY true TTL 3600\n"
            ") COMPRESSOR 'zstd --level 5' GROUP_COMMIT_INTERVAL 100 DURABILITY sync");
}

TEST(SchemaTextTest, Xml_WithAndWithoutIds) {
  SchemaDefinition definition;
  definition.families = {Family("a")};
  definition.families[0].options.max_versions = 2;
  definition.families[0].qualifier_index = true;
  definition.durability = Durability::kFlush;
  const Schema schema = MustCreate(definition);
  EXPECT_EQ(SchemaToXml(schema, true),
            "<Schema>\n"
            "  <Generation>1</Generation>\n"
            "  <Durability>flush</Durability>\n"
            "  <AccessGroupDefaults>\n"
            "  </AccessGroupDefaults>\n"
            "  <ColumnFamilyDefaults>\n"
            "  </ColumnFamilyDefaults>\n"
            "  <AccessGroup name=\"default\">\n"
            "    <Generation>1</Generation>\n"
            "    <Options>\n"
            "    </Options>\n"
            "    <ColumnFamilyDefaults>\n"
            "    </ColumnFamilyDefaults>\n"
            "    <ColumnFamily id=\"1\">\n"
            "      <Generation>1</Generation>\n"
            "      <Name>a</Name>\n"
            "      <AccessGroup>default</AccessGroup>\n"
            "      <Deleted>false</Deleted>\n"
            "      <QualifierIndex>true</QualifierIndex>\n"
            "      <Options>\n"
            "        <MaxVersions>2</MaxVersions>\n"
            "      </Options>\n"
            "    </ColumnFamily>\n"
            "  </AccessGroup>\n"
            "</Schema>\n");
  EXPECT_EQ(SchemaToXml(schema, false).find("Generation"), std::string::npos);
}

TEST(CompressorSpecTest, Table) {
  const auto parse = [](const char* text) { return *CompressorSpec::Parse(text); };
  EXPECT_EQ(parse("none").compressor, Compressor::kNone);
  EXPECT_EQ(parse("zlib --best").level, 9);
  EXPECT_EQ(parse("zlib").level, 6);
  EXPECT_EQ(parse("zlib --fast").level, 1);
  EXPECT_EQ(parse(" zstd  --level 19 ").level, 19);
  EXPECT_TRUE(parse("bmz --fp-len 20 --offset 3").long_window);
  EXPECT_EQ(parse("bmz").compressor, Compressor::kZstd);
  EXPECT_EQ(parse("quicklz").compressor, Compressor::kLz4);
  EXPECT_EQ(parse("lzo").warning, "compressor lzo is not available, lz4 is used");
  for (const char* bad :
       {"", "zip", "zlib --level 3", "zstd --level", "zstd --level 20", "snappy -9", "zstd --level 3x"})
    EXPECT_EQ(CompressorSpec::Parse(bad).status().detail(), 14) << bad;
}

TEST(BloomSpecTest, Table) {
  const auto parse = [](const char* text) { return *BloomSpec::Parse(text); };
  EXPECT_EQ(parse("none").mode, BloomSpec::Mode::kNone);
  EXPECT_EQ(parse("disabled").mode, BloomSpec::Mode::kNone);
  EXPECT_EQ(parse("row").mode, BloomSpec::Mode::kRows);
  for (const char* both : {"rows+cols", "row+col", "rows-cols", "rows_cols", "row+cols"})
    EXPECT_EQ(parse(both).mode, BloomSpec::Mode::kRowsAndColumns) << both;
  EXPECT_EQ(parse("rows --false-positive 0.05").false_positive, 0.05);
  EXPECT_EQ(parse("rows --bits-per-item 9.6 --num-hashes 6 --max-approx-items 5").hash_count, 6);
  for (const char* bad : {"", "cols", "rows+", "rows --num-hashes 3", "rows --false-positive 2", "rows --what",
                          "rows --bits-per-item 8 --num-hashes 3 --false-positive 0.1", "rows --max-approx-items 0"})
    EXPECT_EQ(BloomSpec::Parse(bad).status().detail(), 0x60002) << bad;
}

TEST(CounterTest, Table) {
  const auto parse = [](const char* text) { return *CounterUpdate::ParseText(text); };
  EXPECT_EQ(parse("").amount, 0);
  EXPECT_EQ(parse("5").amount, 5);
  EXPECT_EQ(parse("+0x10").amount, 16);
  EXPECT_EQ(parse("-010").amount, -8);
  EXPECT_EQ(parse("-9223372036854775808").amount, INT64_MIN);
  EXPECT_TRUE(parse("=7").reset);
  for (const char* bad : {"x", "5 ", "--5", "+-5", "9223372036854775808", "0x", "08", "=+", "1.5"})
    EXPECT_EQ(CounterUpdate::ParseText(bad).status().detail(), 9) << bad;
  for (const char* text : {"5", "=-3"}) EXPECT_EQ(*CounterUpdate::Decode(parse(text).Encode()), parse(text));
  EXPECT_FALSE(CounterUpdate::Decode("1234567").ok());
  EXPECT_FALSE(CounterUpdate::Decode("123456789").ok());
  EXPECT_EQ(AddCounters(INT64_MAX, 1), INT64_MIN);
}

TEST(SystemSchemasTest, FamiliesHaveTheirIdsForEver) {
  EXPECT_EQ(MetadataSchema()->FindFamily("Manifest")->id, metadata_family::kManifest);
  EXPECT_EQ(MetadataSchema()->FindFamily("Intent")->id, metadata_family::kIntent);
  EXPECT_EQ(CatalogSchema()->FindFamily("schema")->id, catalog_family::kSchema);
  EXPECT_EQ(MetadataSchema()->durability(), Durability::kSync);
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof(digits), "%02x ", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

TEST(EncodingsTest, ExamplesOfThePages_HaveTheirBytes) {
  SchemaDefinition definition;
  definition.families = {Family("a")};
  definition.families[0].options.max_versions = 2;
  EXPECT_EQ(Hex(MustCreate(definition).Encode()),
            "01 02 00 00 00 00 00 01 07 64 65 66 61 75 6c 74 02 00 00 "
            "01 01 01 61 07 64 65 66 61 75 6c 74 02 00 01 04 ");
  EXPECT_EQ(Hex(ScanSpec().Encode()),
            "01 00 00 00 00 f9 ff ff ff ff ff ff ff ff 01 fe ff ff ff ff ff ff ff ff 01 00 00 00 00 00 00 00 00 00 ");
  Manifest manifest;
  manifest.number = ManifestNumber{1};
  ManifestGroup& group = manifest.groups.emplace_back();
  group.name = "default";
  group.flushed = Revision{5};
  ManifestFile& file = group.files.emplace_back();
  file.id = FileId{0x700000001};
  file.size_bytes = 100;
  file.cell_count = 3;
  const std::string bytes = manifest.Encode();
  EXPECT_EQ(Hex(std::string_view(bytes).substr(0, bytes.size() - 4)),
            "01 01 00 00 00 01 07 64 65 66 61 75 6c 74 0a 01 01 00 00 00 07 00 00 00 64 03 00 00 00 00 00 ");
}

TEST(ManifestTest, Encoding_RoundTripsAndRefusesDamage) {
  Manifest manifest;
  manifest.number = ManifestNumber{12};
  manifest.end_row = "m";
  manifest.history_floor = Revision{77};
  ManifestGroup& group = manifest.groups.emplace_back();
  group.name = "default";
  group.flushed = Revision{100};
  ManifestFile& file = group.files.emplace_back();
  file.id = FileId{0x700000001};
  file.size_bytes = 4096;
  file.start_row = "";
  file.revision = Revision{90};
  manifest.groups.emplace_back().name = "other";
  manifest.dropped = {DroppedFile{FileId{3}, 55}};
  WindowEntry& entry = manifest.window.emplace_back();
  entry.session = SessionId{5};
  entry.first = SequenceNumber{1};
  entry.last = SequenceNumber{9};
  entry.result = "r";
  const std::string bytes = manifest.Encode();
  EXPECT_EQ(*Manifest::Decode(bytes), manifest);
  EXPECT_EQ(manifest.min_flushed(), Revision{0});
  EXPECT_EQ(manifest.max_flushed(), Revision{100});
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(Manifest::Decode(damaged).ok()) << i;
    EXPECT_FALSE(Manifest::Decode(std::string_view(bytes).substr(0, i)).ok()) << i;
  }
}

}  // namespace
}  // namespace cellar::model
