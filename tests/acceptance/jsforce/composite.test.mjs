import assert from "node:assert/strict";
import { test } from "node:test";
import { aLead, calls, connect, ROOT } from "./org.mjs";

const CONTACT = {
  method: "POST", url: `${ROOT}/sobjects/Contact`, referenceId: "contact", body: { LastName: "Hopper" },
};

function event(fields) {
  const body = { Subject: "Demo", StartDateTime: "2026-11-22T10:00:00Z", DurationInMinutes: 30, ...fields };
  return { method: "POST", url: `${ROOT}/sobjects/Event`, referenceId: "event", body };
}

test("a composite request fills references in and answers every part", async () => {
  const conn = await connect();
  const { compositeResponse } = await conn.requestPost("/composite", {
    allOrNone: true,
    collateSubrequests: false,
    compositeRequest: [
      CONTACT,
      event({ WhoId: "@{contact.id}" }),
      { method: "GET", url: `${ROOT}/sobjects/Event/@{event.id}?fields=WhoId`, referenceId: "read" },
      { method: "GET", url: `${ROOT}/query?q=SELECT+Id+FROM+Contact`, referenceId: "found" },
      { method: "DELETE", url: `${ROOT}/sobjects/Event/@{event.id}`, referenceId: "gone" },
    ],
  });
  const [contact, , read, found, gone] = compositeResponse;
  assert.deepEqual(compositeResponse.map((part) => part.httpStatusCode), [201, 201, 200, 200, 204]);
  assert.deepEqual(compositeResponse.map((part) => part.referenceId), ["contact", "event", "read", "found", "gone"]);
  assert.equal(contact.httpHeaders.Location, `${ROOT}/sobjects/Contact/${contact.body.id}`);
  assert.equal(read.body.WhoId, contact.body.id);
  assert.equal(found.body.records[0].Id, contact.body.id);
  assert.equal(gone.body, null);
  assert.deepEqual(await calls(), { token: 1, composite: 1 });
});

test("a composite request with allOrNone is undone when one part fails", async () => {
  const conn = await connect();
  const { compositeResponse } = await conn.request({
    method: "POST",
    url: `${ROOT}/composite`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ allOrNone: true, compositeRequest: [CONTACT, event({ WhoId: "003000000000000AAA" })] }),
  });
  assert.deepEqual(compositeResponse.map((part) => part.httpStatusCode), [400, 400]);
  assert.equal(compositeResponse[0].body[0].errorCode, "PROCESSING_HALTED");
  assert.notEqual(compositeResponse[1].body[0].errorCode, "PROCESSING_HALTED");
  assert.equal(await conn.sobject("Contact").count(), 0);
});

test("without allOrNone the parts that do not need the failed one are kept", async () => {
  const conn = await connect();
  const { compositeResponse } = await conn.requestPost("/composite", {
    compositeRequest: [
      { ...CONTACT, body: {} },
      event({ WhoId: "@{contact.id}" }),
      { method: "POST", url: `${ROOT}/sobjects/Lead`, referenceId: "lead", body: aLead() },
    ],
  });
  assert.deepEqual(
    compositeResponse.map((part) => part.body[0]?.errorCode ?? part.httpStatusCode),
    ["REQUIRED_FIELD_MISSING", "PROCESSING_HALTED", 201],
  );
});

test("a composite request upserts by an external id", async () => {
  const conn = await connect();
  const upsert = (referenceId) => ({
    method: "PATCH", url: `${ROOT}/sobjects/Lead/Bookforce_Booking_Id__c/b-1`, referenceId, body: aLead(),
  });
  const answer = await conn.requestPost("/composite", { compositeRequest: [upsert("one"), upsert("two")] });
  const [one, two] = answer.compositeResponse;
  assert.deepEqual([one.body.created, two.body.created, two.body.id], [true, false, one.body.id]);
});
