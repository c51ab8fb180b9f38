import assert from "node:assert/strict";
import { test } from "node:test";
import { aLead, calls, connect, control } from "./org.mjs";

test("a record without a required field names the field", async () => {
  const conn = await connect();
  await assert.rejects(conn.create("Lead", { LastName: "Hopper" }), {
    errorCode: "REQUIRED_FIELD_MISSING",
    message: "Required fields are missing: [Company]",
    data: {
      message: "Required fields are missing: [Company]", errorCode: "REQUIRED_FIELD_MISSING", fields: ["Company"],
    },
  });
});

test("a record with several errors tells them all", async () => {
  const conn = await connect();
  const lead = aLead({ Email: "nobody", FirstName: "x".repeat(41) });
  await assert.rejects(conn.create("Lead", lead), (error) => {
    assert.equal(error.errorCode, "MULTIPLE_API_ERRORS");
    assert.deepEqual(error.data.map((each) => each.errorCode).sort(), ["INVALID_EMAIL_ADDRESS", "STRING_TOO_LONG"]);
    return true;
  });
});

test("an unknown field is refused", async () => {
  const conn = await connect();
  await assert.rejects(conn.create("Lead", aLead({ FavoritePet__c: "cat" })), {
    errorCode: "INVALID_FIELD", message: "No such column 'FavoritePet__c' on sobject of type Lead",
  });
});

test("an unknown object is refused", async () => {
  const conn = await connect();
  await assert.rejects(conn.sobject("Leed").create(aLead()), {
    errorCode: "NOT_FOUND", message: "The requested resource does not exist",
  });
});

test("a query that makes no sense is refused", async () => {
  const conn = await connect();
  await assert.rejects(conn.query("SELEKT Id FROM Lead"), { errorCode: "MALFORMED_QUERY" });
  await assert.rejects(conn.query("SELECT Bacon__c FROM Lead"), {
    errorCode: "INVALID_FIELD", message: /No such column 'Bacon__c' on entity 'Lead'/,
  });
  await assert.rejects(conn.query("SELECT Id FROM XYZZY"), {
    errorCode: "INVALID_TYPE", message: /sObject type 'XYZZY' is not supported/,
  });
});

test("a value that another record holds already is refused", async () => {
  const conn = await connect();
  const record = aLead({ Bookforce_Booking_Id__c: "b-1" });
  await conn.create("Lead", record);
  await assert.rejects(conn.create("Lead", record), { errorCode: "DUPLICATE_VALUE" });
});

test("an org whose daily calls are used up is refused", async () => {
  const conn = await connect();
  await control("usage", { used: 100_000 });
  await assert.rejects(conn.limits(), {
    errorCode: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded.",
  });
});

test("what is unavailable for a moment is asked for again", async () => {
  const conn = await connect();
  await control("faults", [{ effect: "error", status: 503, errorCode: "SERVER_UNAVAILABLE", match: { times: 1 } }]);
  assert.equal((await conn.query("SELECT Id FROM Lead")).totalSize, 0);
  assert.equal(Object.values(await calls()).reduce((sum, each) => sum + each), 3);
});

test("bulk is not offered, and says so", async () => {
  const conn = await connect();
  const job = conn.bulk2.createJob({ operation: "insert", object: "Lead" });
  await assert.rejects(job.open(), { errorCode: "NOT_FOUND" });
});
