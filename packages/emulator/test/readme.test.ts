import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { emulatorErrorCodes, type FaultDefinition, faultList } from "../src/index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The rows of the table between two comments, each as its cells. */
function table(name: string): string[][] {
  const [, section = ""] = readme.split(`<!-- ${name} -->`);
  const [text = ""] = section.split(`<!-- /${name} -->`);
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("The README", () => {
  it("has every fault, as the list has it, and no other", () => {
    const listed = faultList.map(({ name, on, effect, value = "" }: FaultDefinition) => [
      `\`${name}\``,
      on.join(", "),
      effect,
      value,
    ]);
    expect(table("faults")).toEqual(listed);
  });

  it("has every error code, and no other", () => {
    expect(table("errors")).toEqual(Object.entries(emulatorErrorCodes).map(([code, text]) => [`\`${code}\``, text]));
  });
});
