#include "model/schema_xml.h"

#include <gtest/gtest.h>

#include "common/random/random.h"
#include "model/error_codes.h"
#include "model/schema.h"
#include "model/schema_text.h"
#include "model/xml_text.h"

namespace cellar::model {
namespace {

ColumnFamily Family(const std::string& name, const std::string& group) {
  ColumnFamily family;
  family.name = name;
  family.access_group = group;
  return family;
}

SchemaDefinition EveryOption() {
  SchemaDefinition schema;
  schema.version = 3;
  schema.group_commit_interval_ms = 20;
  schema.durability = Durability::kFlush;
  schema.group_defaults.replication = 2;
  schema.group_defaults.compressor = "zstd --level 3";
  schema.family_defaults.ttl_seconds = 3600;
  AccessGroup hot;
  hot.name = "hot";
  hot.options.in_memory = true;
  hot.options.block_size_bytes = 4096;
  hot.options.bloom_filter = "rows+cols --false-positive 0.02";
  hot.family_defaults.max_versions = 2;
  schema.groups.push_back(hot);
  ColumnFamily a = Family("a", "hot");
  a.options.time_order_desc = true;
  a.value_index = true;
  a.qualifier_index = true;
  ColumnFamily b = Family("b", "default");
  b.options.max_versions = 0;
  b.options.counter = true;
  b.options.ttl_seconds = 0;
  schema.families = {a, b, Family("c", "hot")};
  return schema;
}

TEST(SchemaXmlTest, Describe_ReadsBack) {
  const Result<Schema> schema = Schema::Create(EveryOption());
  ASSERT_TRUE(schema.ok()) << schema.status().ToString();
  for (const bool with_ids : {false, true}) {
    const std::string xml = SchemaToXml(*schema, with_ids);
    const Result<SchemaDefinition> read = SchemaFromXml(xml);
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    const Result<Schema> again = Schema::Create(*read);
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    EXPECT_EQ(SchemaToXml(*again, false), SchemaToXml(*schema, false));
  }
}

TEST(SchemaXmlTest, WithIds_ReplacesTheSchemaByItself) {
  const Result<Schema> schema = Schema::Create(EveryOption());
  ASSERT_TRUE(schema.ok());
  const Result<SchemaDefinition> read = SchemaFromXml(SchemaToXml(*schema, true));
  ASSERT_TRUE(read.ok());
  const Result<Schema> replaced = schema->Replace(*read);
  ASSERT_TRUE(replaced.ok()) << replaced.status().ToString();
  EXPECT_EQ(SchemaToXml(*replaced, false), SchemaToXml(*schema, false));
}

TEST(SchemaXmlTest, OlderDialect_HasItsOptionsInAttributes) {
  const Result<SchemaDefinition> read = SchemaFromXml(R"(<?xml version="1.0"?>
<!-- of an old cluster -->
<Schema generation="4" group_commit_interval="100" compressor="lzo">
  <AccessGroup name="default" inMemory="true" blksz="1000" replication="3" bloomFilter="rows">
    <ColumnFamily id="1">
      <Generation>1</Generation>
      <Name>tag</Name>
      <MaxVersions>2</MaxVersions>
      <timeOrder>desc</timeOrder>
      <TTL>600</TTL>
      <Counter>false</Counter>
      <deleted>false</deleted>
      <Index>true</Index>
    </ColumnFamily>
    <ColumnFamily id="2"><Name>gone</Name><deleted>true</deleted></ColumnFamily>
  </AccessGroup>
</Schema>)");
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  const Result<Schema> schema = Schema::Create(*read);
  ASSERT_TRUE(schema.ok()) << schema.status().ToString();
  EXPECT_EQ(SchemaToCreateStatement(*schema, "t"),
            "CREATE TABLE t (\n"
            "  tag MAX_VERSIONS 2 TIME_ORDER DESC TTL 600 COUNTER false,\n"
            "  INDEX tag,\n"
            "  ACCESS GROUP default (tag) IN_MEMORY true REPLICATION 3 BLOCKSIZE 1000 BLOOMFILTER 'rows'\n"
            ") COMPRESSOR 'lzo' GROUP_COMMIT_INTERVAL 100 DURABILITY sync");
}

TEST(SchemaXmlTest, WhatIsWrong_IsToldWithItsLine) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "line 1: expected an element"},
      {"<Schema>", "line 1: <Schema> has no end"},
      {"<Table/>", "line 1: expected <Schema>, found <Table>"},
      {"<Schema>\n<AccessGroup/>\n</Schema>", "line 2: the access group has no name"},
      {"<Schema><AccessGroup name='a'>\n<ColumnFamily/></AccessGroup></Schema>",
       "line 2: the column family has no name"},
      {"<Schema>\n<Colour>red</Colour></Schema>", "line 2: a schema has no 'Colour'"},
      {"<Schema><Durability>never</Durability></Schema>", "line 1: Durability is sync, flush or none"},
      {"<Schema><AccessGroup name='a' blksz='many'/></Schema>",
       "line 1: blksz is 'many', which is no number that fits"},
      {"<Schema><AccessGroup name='a' inMemory='perhaps'/></Schema>",
       "line 1: inMemory is 'perhaps'; true or false is wanted"},
      {"<Schema><AccessGroup name='a' replication='40000'/></Schema>",
       "line 1: replication is '40000', which is no number that fits"},
      {"<Schema><AccessGroup name='a'><ColumnFamily><Name>f</Name><AccessGroup>b</AccessGroup></ColumnFamily>"
       "</AccessGroup></Schema>",
       "line 1: a column family of access group 'b' stands in group 'a'"},
      {"<Schema><Options><Deep/></Options></Schema>", "line 1: <Schema> has no <Options>"},
      {"<Schema></Table>", "line 1: expected </Schema>, found </Table>"},
      {"<Schema version=1/>", "line 1: the value of attribute version is not in quotes"},
      {"<Schema>&nbsp;</Schema>", "line 1: unknown entity; '&' itself is &amp;"},
      {"<!DOCTYPE x><Schema/>", "line 1: DOCTYPE and entities of its own are not taken"},
      {"<Schema/>\n<Schema/>", "line 2: there is something behind the end of <Schema>"},
  };
  for (const auto& [xml, message] : cases) {
    const Result<SchemaDefinition> read = SchemaFromXml(xml);
    ASSERT_FALSE(read.ok()) << xml;
    EXPECT_EQ(read.status().message(), message) << xml;
    EXPECT_EQ(read.status().detail(), kSchemaParseError) << xml;
  }
}

TEST(SchemaXmlTest, DamagedText_IsRefusedOrTaken_AndNothingElse) {
  const Result<Schema> schema = Schema::Create(EveryOption());
  ASSERT_TRUE(schema.ok());
  const std::string whole = SchemaToXml(*schema, true);
  common::SeededRandom random(7);
  for (int round = 0; round < 3'000; ++round) {
    std::string xml = whole.substr(0, random.Uniform(whole.size() + 1));
    for (uint64_t flips = random.Uniform(4); flips > 0 && !xml.empty(); --flips) {
      xml[random.Uniform(xml.size())] = static_cast<char>(random.Uniform(256));
    }
    const Result<SchemaDefinition> read = SchemaFromXml(xml);
    if (!read.ok()) EXPECT_EQ(read.status().detail(), kSchemaParseError);
  }
}

TEST(XmlTextTest, TextAndEntities_AreDecoded) {
  const Result<XmlElement> element =
      ParseXml("<a b='&lt;&#65;&#x20AC;&quot;'> x<![CDATA[<&]]> &amp;<c/> <!-- no --> y </a>");
  ASSERT_TRUE(element.ok()) << element.status().ToString();
  EXPECT_EQ(element->attributes[0].second, "<A\xE2\x82\xAC\"");
  EXPECT_EQ(element->text, "x<& &  y");
  ASSERT_EQ(element->children.size(), 1u);
}

TEST(XmlTextTest, Nesting_IsBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_FALSE(ParseXml(deep).ok());
}

}  // namespace
}  // namespace cellar::model
