import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";
import jsforce from "jsforce";
import { aLead, calls, connect, control, login } from "./org.mjs";

const EXPIRED = { name: "INVALID_SESSION_ID", errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" };

async function refresh(_conn, done) {
  done(null, (await login()).access_token);
}

test("a token and the instance's URL are a login", async () => {
  const conn = await connect();
  assert.equal((await conn.query("SELECT Id FROM Lead")).totalSize, 0);
});

test("client credentials are a login", async () => {
  const oauth2 = { clientId: env.CLIENT_ID, clientSecret: env.CLIENT_SECRET, loginUrl: env.ORG_URL };
  const conn = new jsforce.Connection({ oauth2, version: "68.0" });
  const { id, organizationId } = await conn.authorize({ grant_type: "client_credentials" });
  assert.equal(conn.instanceUrl, env.ORG_URL);
  const identity = await conn.identity();
  assert.deepEqual([identity.user_id, identity.organization_id], [id, organizationId]);
});

test("a wrong secret is refused", async () => {
  const oauth2 = { clientId: env.CLIENT_ID, clientSecret: "wrong", loginUrl: env.ORG_URL };
  const conn = new jsforce.Connection({ oauth2 });
  await assert.rejects(conn.authorize({ grant_type: "client_credentials" }), {
    name: "invalid_client", message: "invalid client credentials",
  });
});

test("a connection by token finds out whose it is", async () => {
  const conn = await connect();
  const identity = await conn.identity();
  const { records } = await conn.query(`SELECT Username FROM User WHERE Id = '${identity.user_id}'`);
  assert.equal(records[0].Username, identity.username);
  assert.deepEqual(conn.userInfo, {
    id: identity.user_id, organizationId: identity.organization_id, url: identity.id,
  });
});

test("an expired session is refused", async () => {
  const conn = await connect();
  await control("expire_sessions");
  await assert.rejects(conn.query("SELECT Id FROM Lead"), EXPIRED);
  await assert.rejects(conn.create("Lead", aLead()), EXPIRED);
  await assert.rejects(conn.requestPost("/composite", { compositeRequest: [] }), EXPIRED);
});

test("an expired session is refreshed and the same call succeeds", async () => {
  const conn = await connect({ refreshFn: refresh });
  const stale = conn.accessToken;
  const refreshed = [];
  conn.on("refresh", (token) => refreshed.push(token));
  await control("expire_sessions");
  const { id } = await conn.create("Lead", aLead());
  assert.deepEqual(refreshed, [conn.accessToken]);
  assert.notEqual(conn.accessToken, stale);
  assert.equal((await conn.query("SELECT Id FROM Lead")).records[0].Id, id);
  assert.equal((await calls()).refused, 1);
});

test("calls made at once share one refresh", async () => {
  let refreshes = 0;
  const counted = async (conn, done) => {
    refreshes += 1;
    await refresh(conn, done);
  };
  const conn = await connect({ refreshFn: counted });
  await control("expire_sessions");
  const made = await Promise.all([1, 2, 3].map(() => conn.create("Lead", aLead())));
  assert.equal(new Set(made.map((each) => each.id)).size, 3);
  assert.equal(refreshes, 1);
});

test("a page of a query begun before the session expired is fetched after the refresh", async () => {
  await control("records/Account", Array.from({ length: 250 }, (_, n) => ({ Name: `A${n}` })));
  const conn = await connect({ refreshFn: refresh });
  const headers = { "Sforce-Query-Options": "batchSize=200" };
  const first = await conn.query("SELECT Name FROM Account", { headers });
  await control("expire_sessions");
  assert.equal((await conn.queryMore(first.nextRecordsUrl)).records.length, 50);
});

test("a refresh that fails says so", async () => {
  const conn = await connect({ refreshFn: (_conn, done) => done(new Error("no longer welcome")) });
  await control("expire_sessions");
  await assert.rejects(conn.query("SELECT Id FROM Lead"), {
    message: "Unable to refresh session due to: no longer welcome",
  });
});
