import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const page = join(import.meta.dirname, "../docs/reliability.md");

/** The sections about invariants, by number, with the files that each links to. */
async function sections(): Promise<Map<number, string[]>> {
  const text = await readFile(page, "utf8");
  const found = new Map<number, string[]>();
  for (const [, number = "", body = ""] of text.matchAll(/^## (\d+)\. [^\n]*\n(.*?)(?=^## )/gms)) {
    const links = [...body.matchAll(/\]\(([^)#]+\.test\.ts)\)/g)].map(([, link = ""]) => join(dirname(page), link));
    found.set(Number(number), links);
  }
  return found;
}

/** Whether a test says that it is about an invariant: `invariant 5`, `invariants 2 and 7`, `invariants 1 to 4`. */
function cites(source: string, number: number): boolean {
  for (const [, first, rest = ""] of source.matchAll(/invariants? (\d+)((?:(?:, | and | to )\d+)*)/gi)) {
    const others = [...rest.matchAll(/(, | and | to )(\d+)/g)];
    const named = [Number(first), ...others.map(([, , other]) => Number(other))];
    const isRange = others[0]?.[1] === " to ";
    if (named.includes(number) || (isRange && number > Number(first) && number < (named[1] ?? 0))) return true;
  }
  return false;
}

test("docs/reliability.md has every invariant of VIDEO-STATE.md, and no other", async () => {
  const machine = await readFile(join(import.meta.dirname, "../packages/core/VIDEO-STATE.md"), "utf8");
  const numbered = [...(machine.split("## Invariants")[1]?.split("\n## ")[0] ?? "").matchAll(/^(\d+)\. /gm)];
  expect([...(await sections()).keys()]).toEqual(numbered.map(([, number]) => Number(number)));
});

test("each names tests that are there and say that they are about it", async () => {
  for (const [number, links] of await sections()) {
    expect(links.length, `invariant ${number}`).toBeGreaterThan(0);
    for (const link of links) expect(cites(await readFile(link, "utf8"), number), `${link} on ${number}`).toBe(true);
  }
});
