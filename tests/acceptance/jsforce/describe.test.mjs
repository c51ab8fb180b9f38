import assert from "node:assert/strict";
import { test } from "node:test";
import { aLead, calls, connect } from "./org.mjs";

test("describe tells an object and its fields", async () => {
  const conn = await connect();
  const lead = await conn.describe("Lead");
  assert.deepEqual([lead.name, lead.keyPrefix, lead.createable, lead.custom], ["Lead", "00Q", true, false]);
  const field = (name) => lead.fields.find((each) => each.name === name);
  const { createable, nillable, defaultedOnCreate, length, label } = field("LastName");
  assert.deepEqual([createable, nillable, defaultedOnCreate, length, label], [true, false, false, 80, "Last Name"]);
  assert.deepEqual(field("OwnerId").referenceTo, ["Group", "User"]);
  assert.ok(field("Status").picklistValues.some((choice) => choice.defaultValue && choice.active));
  assert.equal(field("Bookforce_Booking_Id__c").externalId, true);
});

test("describe$ asks the org once", async () => {
  const conn = await connect();
  await conn.sobject("Lead").describe$();
  await conn.sobject("Lead").describe$();
  assert.equal((await calls()).describe, 1);
});

test("describeGlobal lists the objects, and the connection knows them", async () => {
  const conn = await connect();
  const { sobjects, maxBatchSize } = await conn.describeGlobal();
  const names = sobjects.map((each) => each.name);
  for (const name of ["Account", "Case", "Contact", "Event", "Lead", "User"]) assert.ok(names.includes(name), name);
  assert.equal(maxBatchSize, 200);
  assert.deepEqual(Object.keys(conn.sobjects).sort(), names.sort());
});

test("every object that describeGlobal lists can be described", async () => {
  const conn = await connect();
  const { sobjects } = await conn.describeGlobal();
  for (const { name } of sobjects) assert.equal((await conn.describe(name)).name, name);
});

test("limits and limitInfo tell the same usage", async () => {
  const conn = await connect();
  const { DailyApiRequests: daily } = await conn.limits();
  assert.deepEqual(conn.limitInfo.apiUsage, { used: daily.Max - daily.Remaining, limit: daily.Max });
  await conn.create("Lead", aLead());
  assert.equal(conn.limitInfo.apiUsage.used, daily.Max - daily.Remaining + 1);
});

test("the versions are listed", async () => {
  const conn = await connect();
  const versions = await conn.requestGet("/services/data");
  assert.ok(versions.some((each) => each.version === "68.0" && each.url === "/services/data/v68.0"));
});

test("the version that jsforce speaks by itself is spoken", async () => {
  const conn = await connect({ version: undefined });
  assert.notEqual(conn.version, "68.0");
  const { id } = await conn.create("Lead", aLead());
  assert.match((await conn.retrieve("Lead", id)).attributes.url, new RegExp(`/v${conn.version}/sobjects/Lead/${id}$`));
});
