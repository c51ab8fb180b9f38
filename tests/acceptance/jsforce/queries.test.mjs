import assert from "node:assert/strict";
import { test } from "node:test";
import jsforce from "jsforce";
import { aLead, calls, connect, control, leads } from "./org.mjs";

const PAGES_OF_200 = { headers: { "Sforce-Query-Options": "batchSize=200" } };
const ACCOUNTS = "SELECT Name FROM Account ORDER BY Name";

async function accounts(count) {
  await control("records/Account", Array.from({ length: count }, (_, n) => ({ Name: `A${1000 + n}` })));
}

test("a query answers its records, parents included", async () => {
  const conn = await connect();
  const { id: AccountId } = await conn.create("Account", { Name: "Navy" });
  await conn.create("Contact", { LastName: "Hopper", AccountId });
  const { totalSize, done, records } = await conn.query("SELECT LastName, Account.Name FROM Contact");
  assert.deepEqual([totalSize, done], [1, true]);
  assert.equal(records[0].Account.Name, "Navy");
  assert.equal(records[0].attributes.type, "Contact");
});

test("a long result comes in pages, each fetched by queryMore", async () => {
  await accounts(450);
  const conn = await connect();
  const first = await conn.query(ACCOUNTS, PAGES_OF_200);
  const second = await conn.queryMore(first.nextRecordsUrl, PAGES_OF_200);
  const third = await conn.queryMore(second.nextRecordsUrl, PAGES_OF_200);
  assert.deepEqual([first, second, third].map((page) => page.done), [false, false, true]);
  assert.deepEqual([first, second, third].map((page) => page.records.length), [200, 200, 50]);
  assert.deepEqual([first, second, third].map((page) => page.totalSize), [450, 450, 450]);
  assert.equal(third.nextRecordsUrl, undefined);
  assert.equal(third.records.at(-1).Name, "A1449");
});

test("autoFetch fetches every page", async () => {
  await accounts(2100);
  const conn = await connect();
  const { records, done } = await conn.query(ACCOUNTS, { autoFetch: true, maxFetch: 5000 });
  assert.equal(new Set(records.map((each) => each.Name)).size, 2100);
  assert.equal(done, true);
  assert.equal((await calls()).query, 2);
});

test("a query tells its records one by one", async () => {
  await accounts(450);
  const conn = await connect();
  const names = [];
  const query = conn.query(ACCOUNTS, PAGES_OF_200).on("record", (record) => names.push(record.Name));
  await query.run({ autoFetch: true, maxFetch: 300 });
  assert.equal(names.length, 300);
});

test("find builds a query of conditions, order and range", async () => {
  const conn = await connect();
  await conn.create("Lead", leads(10));
  const found = await conn
    .sobject("Lead")
    .find({ LastName: { $like: "L%" }, CreatedDate: { $gte: jsforce.SfDate.YESTERDAY } }, "Id, LastName")
    .sort({ LastName: -1 })
    .limit(2)
    .skip(3);
  assert.deepEqual(found.map((each) => each.LastName), ["L0006", "L0005"]);
});

test("find knows alternatives, lists, nulls and quotes", async () => {
  const conn = await connect();
  const names = ["O'Brien", "Hopper", "Lovelace"];
  await conn.create("Lead", names.map((LastName) => aLead({ LastName })));
  const found = (conditions) => conn.sobject("Lead").find(conditions, ["LastName"]).sort("LastName");
  const lastNames = async (conditions) => (await found(conditions)).map((each) => each.LastName);
  assert.deepEqual(await lastNames({ LastName: "O'Brien" }), ["O'Brien"]);
  assert.deepEqual(await lastNames({ LastName: { $in: ["Hopper", "Lovelace"] } }), ["Hopper", "Lovelace"]);
  assert.deepEqual(await lastNames({ LastName: { $nin: names.slice(1) } }), ["O'Brien"]);
  assert.deepEqual(await lastNames({ $or: [{ LastName: "Hopper" }, { Email: { $ne: null } }] }), ["Hopper"]);
  assert.equal((await found({ Email: null, IsConverted: false })).length, 3);
});

test("find without fields selects every field that describe names", async () => {
  const conn = await connect();
  await conn.create("Lead", aLead());
  const [found] = await conn.sobject("Lead").find({ LastName: "Hopper" });
  const names = (await conn.describe("Lead")).fields.map((field) => field.name);
  assert.deepEqual(new Set(Object.keys(found)), new Set(["attributes", ...names]));
});

test("findOne answers the record itself, or null", async () => {
  const conn = await connect();
  const { id } = await conn.create("Lead", aLead());
  assert.equal((await conn.sobject("Lead").findOne({ LastName: "Hopper" }, "Id")).Id, id);
  assert.equal(await conn.sobject("Lead").findOne({ LastName: "Lovelace" }, "Id"), null);
});

test("records are counted", async () => {
  const conn = await connect();
  await conn.create("Lead", leads(3));
  assert.equal(await conn.sobject("Lead").count({ LastName: { $gt: "L0000" } }), 2);
  const { totalSize, records } = await conn.query("SELECT COUNT() FROM Lead");
  assert.deepEqual([totalSize, records], [3, []]);
});

test("scanAll finds deleted records too", async () => {
  const conn = await connect();
  const { id } = await conn.create("Lead", aLead());
  await conn.destroy("Lead", id);
  assert.equal((await conn.query("SELECT Id FROM Lead")).totalSize, 0);
  const { records } = await conn.query("SELECT Id, IsDeleted FROM Lead", { scanAll: true });
  assert.deepEqual(records.map((each) => [each.Id, each.IsDeleted]), [[id, true]]);
});
