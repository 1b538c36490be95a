import { describe, expect, test } from "vitest";
import { DatabaseError } from "../src/database/database-error.ts";
import { throughOutage } from "../src/database-outage.ts";

describe("what is asked of an engine that closes meanwhile is UNAVAILABLE, so that it is asked again elsewhere", () => {
  const away = new DatabaseError("DATABASE_UNREACHABLE", "The connection to PostgreSQL was lost.");

  test.each([
    ["before it was begun", (closing: AbortController) => closing.abort(), async () => "done"],
    ["while the database is away", () => {}, () => Promise.reject(away)],
  ])("%s", async (_, begin, answer) => {
    const closing = new AbortController();
    begin(closing);
    const asked = throughOutage(() => {
      closing.abort();
      return answer();
    }, closing.signal);
    await expect(asked).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("its own error is told as it is", async () => {
    const closing = new AbortController();
    const asked = throughOutage(() => Promise.reject(new Error("its own")), closing.signal);
    await expect(asked).rejects.toThrow("its own");
  });
});
