import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs a program to its end. What it said is in the error where it fails, and is otherwise the answer. */
export async function runQuietly(
  program: string,
  args: readonly string[],
  directory: string,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(program, args, { cwd: directory, env: variables, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said}`);
  return said;
}
