// Tells pytest how each check ended: one line of JSON a check.

import { inspect } from "node:util";

export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { error } = data.details;
    yield `${JSON.stringify({ check: data.name, error: error ? inspect(error.cause ?? error) : null })}\n`;
  }
}
