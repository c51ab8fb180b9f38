// The simulated org as these checks see it: connections that jsforce opens to it, and its control interface.

import { beforeEach } from "node:test";
import { env } from "node:process";
import jsforce from "jsforce";

export const ROOT = "/services/data/v68.0";

beforeEach(() => control("reset"));

/** Connect by token, as the README of jsforce says: an access token and the URL of the instance. */
export async function connect(options = {}) {
  const { access_token: accessToken, instance_url: instanceUrl } = await login();
  return new jsforce.Connection({ accessToken, instanceUrl, version: "68.0", ...options });
}

/** Ask for a token without any client. */
export async function login() {
  const form = { grant_type: "client_credentials", client_id: env.CLIENT_ID, client_secret: env.CLIENT_SECRET };
  return read(await fetch(`${env.ORG_URL}/services/oauth2/token`, { method: "POST", body: new URLSearchParams(form) }));
}

/** Do something to the org, past its API. */
export async function control(action, body = {}) {
  return read(await fetch(`${env.CONTROL_URL}/${action}`, { method: "POST", body: JSON.stringify(body) }));
}

/** Count the calls that the org has answered since the check began, by what they were for. */
export async function calls() {
  return (await read(await fetch(`${env.CONTROL_URL}/state`))).by_kind;
}

async function read(answer) {
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.json();
}

export function aLead(fields = {}) {
  return { LastName: "Hopper", Company: "Navy", ...fields };
}

export function leads(count) {
  return Array.from({ length: count }, (_, n) => aLead({ LastName: `L${String(n).padStart(4, "0")}` }));
}
