import { ApiError, isApiKeyId, parseNewApiKey, SCOPES, type Scope, TOKEN_SCOPES } from "@reelwire/core";
import { type ApiKey, keyIdOf } from "@reelwire/engine";
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { parseConfiguration } from "./configuration.ts";
import { type OpenKeys, openKeys } from "./open-keys.ts";
import { counted, grouped } from "./progress-line.ts";
import { StartError } from "./start-error.ts";

/** What `keys create` is told. */
interface NewKeyOptions {
  name: string;
  project: string;
  scopes: readonly Scope[];
  expiresInDays?: Date;
  expiresAt?: Date;
  json?: boolean;
}

/** What `keys list` is told. */
interface ListOptions {
  project?: string;
  json?: boolean;
}

const MAX_DAYS = 36_500;

/** Adds `keys create`, `keys list` and `keys revoke`. @param run runs one of them, and tells of its failure */
export function registerKeysCommand(program: Command, run: (command: () => Promise<void>) => Promise<void>): void {
  const keys = program
    .command("keys")
    .description("makes, lists and revokes API keys, beside a running gateway or without");

  keys
    .command("create")
    .description("makes a key, and writes it to standard output: it is shown only then")
    .requiredOption("--name <name>", "what it is for, for people")
    .option("--project <project>", "whose it is: a-z, 0-9 and -; made if there is none of this name", "default")
    .addOption(
      new Option("--scopes <list>", `what it allows, with commas: of ${SCOPES.join(", ")}`)
        .argParser(parseScopes)
        .default(TOKEN_SCOPES, TOKEN_SCOPES.join(",")),
    )
    .addOption(
      new Option("--expires-in-days <days>", "when it ends (never)").argParser(parseDays).conflicts("expiresAt"),
    )
    .addOption(new Option("--expires-at <time>", "the same, as 2027-01-31T12:00:00Z").argParser(parseTime))
    .option("--json", "writes all that is known of the key, as JSON")
    .action((options: NewKeyOptions) => run(() => createKey(options)));
  keys
    .command("list")
    .description("lists the keys, the newest first, without their secrets")
    .option("--project <project>", "only of this project (all)")
    .option("--json", "as JSON")
    .action((options: ListOptions) => run(() => listKeys(options)));
  keys
    .command("revoke")
    .description("ends a key, and every token it made, at once")
    .argument("<id>", "as `keys list` shows it: key_…; or the key itself")
    .action((id: string) => run(() => revokeKey(id)));
}

async function createKey(options: NewKeyOptions): Promise<void> {
  const { name, project, scopes, expiresAt = options.expiresInDays ?? null } = options;
  const asked = { project, name, scopes, expiresAt, createdBy: null };
  // Before a database is made for it.
  await explained(async () => parseNewApiKey(asked));
  await withKeys({ mustExist: false }, async ({ access, place }) => {
    const { key, secret } = await access.createKey(asked);
    process.stdout.write(options.json === true ? inJson({ ...key, secret }) : `${secret}\n`);
    const allowed = key.scopes.join(", ");
    const end = key.expiresAt === null ? "never ends" : `ends ${shownTime(key.expiresAt)}`;
    say(`Made ${named(key)} ${place}. It allows ${allowed}, and ${end}.`);
    say("This is the only time that it is shown: keep it where your server keeps its secrets.");
    if ((await access.keys(null)).length === 1) {
      say("It is the first key there: from now on a gateway there asks everybody for a credential.");
    }
  });
}

async function listKeys({ project, json = false }: ListOptions): Promise<void> {
  await withKeys({ mustExist: true }, async ({ access, place }) => {
    const keys = await access.keys(project ?? null);
    process.stdout.write(json ? inJson(keys) : table(keys));
    if (!json) say(`${counted(keys.length, "key")} ${place}.`);
  });
}

/** @param idOrKey a key itself goes no further than here: into no address, no log and no message */
async function revokeKey(idOrKey: string): Promise<void> {
  const id = keyIdOf(idOrKey) ?? idOrKey;
  if (!isApiKeyId(id)) throw new StartError("`keys revoke` takes an id, as `reelwire keys list` shows it: key_…");
  await withKeys({ mustExist: true }, async ({ access, place }) => {
    const key = await access.revokeKey(null, id).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.code === "NOT_FOUND")) throw error;
      throw new StartError(`There is no key ${id} ${place}.`, { cause: error });
    });
    say(`Revoked ${named(key)} ${place}.`);
  });
}

async function withKeys(
  { mustExist }: { mustExist: boolean },
  command: (keys: OpenKeys) => Promise<void>,
): Promise<void> {
  const open = await openKeys(parseConfiguration(process.env), mustExist);
  try {
    await explained(() => command(open));
  } finally {
    await open.close();
  }
}

/** What is wrong with the input, or with the database, is told in a line here too. */
async function explained(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    throw error instanceof ApiError ? new StartError(error.message, { cause: error }) : error;
  }
}

function named({ id, name, project }: ApiKey): string {
  return `${id} (${shown(name)}) of the project ${project}`;
}

function parseScopes(list: string): readonly Scope[] {
  return list.split(",").map((name) => {
    const scope = SCOPES.find((known) => known === name.trim());
    if (scope !== undefined) return scope;
    throw new InvalidArgumentError(`Choose from ${SCOPES.join(", ")}.`);
  });
}

function parseDays(text: string): Date {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= MAX_DAYS) return new Date(Date.now() + days * 86_400_000);
  throw new InvalidArgumentError(`Give a whole number of days from 1 to ${grouped(MAX_DAYS)}.`);
}

function parseTime(text: string): Date {
  const time = z.iso.datetime({ offset: true }).safeParse(text);
  if (time.success) return new Date(time.data);
  throw new InvalidArgumentError("Give ISO 8601 with a time zone, such as 2027-01-31T12:00:00Z.");
}

function inJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Keys as lines of columns; nothing where there are none. */
function table(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return "";
  const rows = [
    ["ID", "PROJECT", "NAME", "SCOPES", "CREATED", "LAST USED", "ENDS"],
    ...keys.map((key) => [
      key.id,
      key.project,
      shown(key.name),
      key.scopes.join(","),
      shownTime(key.createdAt),
      key.lastUsedAt === null ? "never" : shownTime(key.lastUsedAt),
      shownEnd(key),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function shownEnd({ expiresAt, revokedAt }: ApiKey): string {
  if (revokedAt !== null) return `revoked ${shownTime(revokedAt)}`;
  return expiresAt === null ? "never" : shownTime(expiresAt);
}

/** To the minute, in UTC. */
function shownTime(time: Date): string {
  return time
    .toISOString()
    .replace("T", " ")
    .replace(/:\d\d\.\d+/, "");
}

/** Without what would steer a terminal: names are given by others. */
function shown(text: string): string {
  return text.replaceAll(/\p{C}/gu, "\uFFFD");
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
