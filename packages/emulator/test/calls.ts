import { type Emulator, type EmulatorOptions, startEmulator } from "../src/index.ts";

/** What is served where no test looks at the picture. */
export const ownClip = new Uint8Array(1000).map((_byte, index) => index % 251);
/** Longer than any generation with the default durations. */
export const longEnoughMs = 10 * 60_000;

/** A stepped emulator that renders nothing. */
export function startStepped(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulator({ clock: "stepped", clip: ownClip, logDelayMs: 0, ...options });
}

/** An emulator, of this process or another. */
type Address = Pick<Emulator, "url" | "apiKey">;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReturnType<typeof JSON.parse>;
}

export async function call(emulator: Address, path: string, init: RequestInit = {}): Promise<Answered> {
  // No connection is kept that another emulator, on the port of this one, would not know.
  const headers = { authorization: `Bearer ${emulator.apiKey}`, connection: "close", ...init.headers };
  const response = await fetch(emulator.url + path, { ...init, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

export const goodBody = { model: "google/veo-3.1-lite-generate-001", prompt: "A hedgehog rides a tram" };

export function create(emulator: Address, body: object = {}, headers: Record<string, string> = {}): Promise<Answered> {
  return call(emulator, "/v2/video/generations", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ ...goodBody, ...body }),
  });
}

export function status(emulator: Address, id: string, headers: Record<string, string> = {}): Promise<Answered> {
  return call(emulator, `/v2/video/generations?generation_id=${id}`, { headers });
}

/** Creates a generation, lets its time pass, and returns what status then says. */
export async function finish(emulator: Emulator, body: object = {}): Promise<Answered> {
  const created = await create(emulator, body);
  emulator.clock.advance(longEnoughMs);
  return status(emulator, created.body.id);
}
