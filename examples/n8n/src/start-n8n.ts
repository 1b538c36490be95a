import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chooseFreePort } from "./choose-free-port.ts";

/** An n8n that runs. It ends when disposed of. */
export interface RunningN8n extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
  /** Ends it, and starts it again where it was. */
  restart(): Promise<void>;
}

/** Starts the n8n that is installed in a directory, on loopback, with all that it keeps in a data folder. */
export async function startN8n(directory: string, dataFolder: string): Promise<RunningN8n> {
  // It tells others its address, so it has to know it beforehand: 0 will not do.
  const [port, brokerPort] = [await chooseFreePort(), await chooseFreePort()];
  const url = `http://127.0.0.1:${port}`;
  const { PATH = "", HOME = "" } = process.env;
  const variables = {
    PATH,
    HOME,
    N8N_USER_FOLDER: dataFolder,
    N8N_LISTEN_ADDRESS: "127.0.0.1",
    N8N_HOST: "127.0.0.1",
    N8N_PORT: String(port),
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    N8N_WEBHOOK_URL: `${url}/`,
    // Plain HTTP, on this machine alone.
    N8N_SECURE_COOKIE: "false",
    // It tells nobody outside anything.
    N8N_DIAGNOSTICS_ENABLED: "false",
    N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
    N8N_TEMPLATES_ENABLED: "false",
    N8N_PERSONALIZATION_ENABLED: "false",
  };
  const main = join(directory, "node_modules/n8n/bin/n8n");
  let stop = await startProcess(main, dataFolder, variables);
  const restart = async () => {
    await stop();
    stop = await startProcess(main, dataFolder, variables);
  };
  return { url, restart, [Symbol.asyncDispose]: () => stop() };
}

/** Waits until n8n is ready. @returns what ends it */
async function startProcess(
  main: string,
  directory: string,
  variables: NodeJS.ProcessEnv,
): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [main, "start"], {
    cwd: directory,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Editor is now accessible")) resolve();
    });
  }
  const exited = once(child, "close");
  void exited.then(() => reject(new Error(`n8n ended:\n${said}`)));
  await ready;
  return async () => {
    child.kill("SIGTERM");
    await exited;
  };
}
