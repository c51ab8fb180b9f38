import assert from "node:assert/strict";
import { test } from "node:test";
import { aLead, calls, connect, control, leads } from "./org.mjs";

test("a record is created, retrieved, updated and deleted", async () => {
  const conn = await connect();
  const made = await conn.sobject("Lead").create(aLead({ Email: "g@example.com" }));
  assert.deepEqual({ ...made, id: "" }, { id: "", success: true, errors: [] });
  assert.equal((await conn.sobject("Lead").retrieve(made.id)).Email, "g@example.com");
  assert.deepEqual(await conn.sobject("Lead").update({ Id: made.id, Title: "Admiral" }), {
    id: made.id, success: true, errors: [],
  });
  assert.equal((await conn.retrieve("Lead", made.id, { fields: ["Title"] })).Title, "Admiral");
  assert.deepEqual(await conn.sobject("Lead").destroy(made.id), { id: made.id, success: true, errors: [] });
  await assert.rejects(conn.retrieve("Lead", made.id), { errorCode: "ENTITY_IS_DELETED" });
});

test("headers of a call reach the org", async () => {
  const conn = await connect();
  const { user_id: integration } = await conn.identity();
  const ruled = await conn.create("Lead", aLead());
  const ours = await conn.create("Lead", aLead(), { headers: { "Sforce-Auto-Assign": "FALSE" } });
  assert.notEqual((await conn.retrieve("Lead", ruled.id)).OwnerId, integration);
  assert.equal((await conn.retrieve("Lead", ours.id)).OwnerId, integration);
});

test("many records are created in one call", async () => {
  const conn = await connect();
  const made = await conn.sobject("Lead").create(leads(200));
  assert.equal(made.filter((each) => each.success).length, 200);
  assert.equal(new Set(made.map((each) => each.id)).size, 200);
  assert.equal((await calls()).collections, 1);
});

test("records beyond 200 are created in further calls", async () => {
  const conn = await connect();
  await assert.rejects(conn.create("Lead", leads(201)), { errorCode: "EXCEEDED_ID_LIMIT" });
  const made = await conn.create("Lead", leads(201), { allowRecursive: true });
  assert.equal(made.filter((each) => each.success).length, 201);
  assert.equal((await calls()).collections, 3);
});

test("one refused record of many says why and leaves the others created", async () => {
  const conn = await connect();
  const [good, bad] = await conn.create("Lead", [aLead(), { LastName: "Hopper" }]);
  assert.equal(good.success, true);
  assert.deepEqual(bad, {
    success: false,
    errors: [
      { statusCode: "REQUIRED_FIELD_MISSING", message: "Required fields are missing: [Company]", fields: ["Company"] },
    ],
  });
  assert.equal(await conn.sobject("Lead").count(), 1);
});

test("with allOrNone one refused record takes the others with it", async () => {
  const conn = await connect();
  const results = await conn.create("Lead", [aLead(), { LastName: "Hopper" }], { allOrNone: true });
  const codes = results.map((each) => each.errors[0].statusCode);
  assert.deepEqual(codes, ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]);
  assert.equal(await conn.sobject("Lead").count(), 0);
});

test("many records are updated in one call", async () => {
  const conn = await connect();
  const made = await conn.create("Lead", leads(3));
  const results = await conn.update("Lead", made.map(({ id }) => ({ Id: id, Title: "Admiral" })));
  assert.deepEqual(results, made);
  assert.equal(await conn.sobject("Lead").count({ Title: "Admiral" }), 3);
  assert.equal((await calls()).collections, 2);
});

test("many records are retrieved in one call, a deleted one as null", async () => {
  const conn = await connect();
  const ids = (await conn.create("Lead", leads(3))).map((each) => each.id);
  await conn.destroy("Lead", ids[1]);
  const found = await conn.retrieve("Lead", ids, { fields: ["LastName"] });
  assert.deepEqual(found.map((each) => each?.LastName), ["L0000", undefined, "L0002"]);
  assert.equal(found[1], null);
});

test("many records are retrieved with every field that describe names", async () => {
  const conn = await connect();
  const { id } = await conn.create("Lead", aLead({ City: "Arlington" }));
  const [found] = await conn.retrieve("Lead", [id]);
  const names = (await conn.describe("Lead")).fields.map((field) => field.name);
  assert.deepEqual(new Set(Object.keys(found)), new Set(["attributes", ...names]));
  assert.equal(found.Address.city, "Arlington");
});

test("many records are deleted in one call", async () => {
  const conn = await connect();
  const made = await conn.create("Lead", leads(3));
  assert.deepEqual(await conn.destroy("Lead", made.map((each) => each.id)), made);
  assert.equal(await conn.sobject("Lead").count(), 0);
});

test("upsert by an external id creates, then updates", async () => {
  const conn = await connect();
  const key = { Bookforce_Booking_Id__c: "b-1" };
  const created = await conn.sobject("Lead").upsert(aLead(key), "Bookforce_Booking_Id__c");
  const updated = await conn.sobject("Lead").upsert({ ...key, Title: "Admiral" }, "Bookforce_Booking_Id__c");
  assert.deepEqual({ ...created, id: "" }, { id: "", success: true, errors: [], created: true });
  assert.deepEqual(updated, { ...created, created: false });
  assert.equal((await conn.retrieve("Lead", created.id)).Title, "Admiral");
});

test("upsert in a version that answers without a body succeeds too", async () => {
  const conn = await connect({ version: "45.0" });
  const record = aLead({ Bookforce_Booking_Id__c: "b-1" });
  assert.equal((await conn.upsert("Lead", record, "Bookforce_Booking_Id__c")).created, true);
  assert.deepEqual(await conn.upsert("Lead", record, "Bookforce_Booking_Id__c"), { success: true, errors: [] });
});

test("upsert of many records creates some and updates others", async () => {
  const conn = await connect();
  const keyed = (n) => aLead({ Bookforce_Booking_Id__c: `b-${n}` });
  const first = await conn.upsert("Lead", [keyed(1), keyed(2)], "Bookforce_Booking_Id__c");
  const second = await conn.upsert("Lead", [keyed(2), keyed(3)], "Bookforce_Booking_Id__c");
  assert.deepEqual([...first, ...second].map((each) => each.created), [true, true, false, true]);
  assert.equal(second[0].id, first[1].id);
  assert.equal((await calls()).collections, 2);
});

test("upsert by a key that several records hold names them all", async () => {
  const conn = await connect();
  const made = await conn.create("Lead", [aLead({ Email: "g@example.com" }), aLead({ Email: "g@example.com" })]);
  const urls = made.map(({ id }) => `/services/data/v68.0/sobjects/Lead/${id}`).sort();
  await assert.rejects(conn.upsert("Lead", aLead({ Email: "g@example.com" }), "Email"), {
    errorCode: "MULTIPLE_CHOICES", data: urls,
  });
});

test("of many upserted records one whose key several hold is refused, the others are saved", async () => {
  const conn = await connect();
  await conn.create("Lead", [aLead({ Email: "g@example.com" }), aLead({ Email: "g@example.com" })]);
  const records = [aLead({ Email: "g@example.com" }), aLead({ Email: "a@example.com" })];
  const results = await conn.upsert("Lead", records, "Email");
  assert.deepEqual(results.map((each) => each.errors[0]?.statusCode ?? each.created), ["DUPLICATE_EXTERNAL_ID", true]);
});

test("what a query finds is updated and deleted", async () => {
  const conn = await connect();
  await conn.create("Lead", leads(3));
  const found = () => conn.sobject("Lead").find({ LastName: { $gt: "L0000" } });
  assert.deepEqual((await found().update({ Title: "Admiral ${LastName}" })).map((each) => each.success), [true, true]);
  assert.equal(await conn.sobject("Lead").count({ Title: "Admiral L0002" }), 1);
  assert.equal((await found().destroy()).length, 2);
  assert.equal(await conn.sobject("Lead").count(), 1);
});

test("an event keeps its times and its relations", async () => {
  const conn = await connect();
  const { id: who } = await conn.create("Contact", { LastName: "Hopper" });
  const start = new Date("2026-11-22T10:00:00Z");
  const demo = { Subject: "Demo", StartDateTime: start, DurationInMinutes: 30, WhoId: who };
  const { id } = await conn.create("Event", demo);
  const event = await conn.retrieve("Event", id);
  assert.equal(new Date(event.EndDateTime).getTime(), start.getTime() + 30 * 60_000);
  assert.equal(event.WhoId, who);
});

test("records that the org was given past its API are read as any other", async () => {
  const conn = await connect();
  const { ids } = await control("records/Account", [{ Name: "Navy" }]);
  assert.equal((await conn.sobject("Account").retrieve(ids[0])).Name, "Navy");
});
