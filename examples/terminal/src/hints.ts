import { type Arguments, DEFAULT_URL } from "./arguments.ts";

/**
 * The command that watches a video and saves it, as it may be pasted into a shell of any environment. A token is not shown: it
 * is to be in the environment.
 */
export function watchCommand(id: string, { out, url, token }: Pick<Arguments, "out" | "url" | "token">): string {
  const words = ["--watch", id];
  if (out !== null) words.push("--out", out);
  if (url !== DEFAULT_URL || "REELWIRE_URL" in process.env) words.push("--url", url);
  const secret = token !== null && !("REELWIRE_TOKEN" in process.env) ? ' --token "$REELWIRE_TOKEN"' : "";
  return `npx -y pnpm@12 example ${words.map(quoted).join(" ")}${secret}`;
}

/** How to have a gateway answer at an address. */
export function startHint(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  const here = protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname) && pathname === "/graphql";
  if (!here) return "Is the address right, and does it run?";
  const variable = port === new URL(DEFAULT_URL).port ? "" : `PORT=${port || 80} `;
  return `Start one first, in another terminal: ${variable}npx -y pnpm@12 start`;
}

function quoted(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
