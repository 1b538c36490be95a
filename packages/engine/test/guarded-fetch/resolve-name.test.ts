import { createSocket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { createResolver } from "../../src/guarded-fetch/resolve-name.ts";

/** Types of records, as they are written in a question. */
const A = 1;

/** A DNS server that knows these names at these IPv4 addresses; to what is `null` it never answers. */
async function startNameServer(names: Record<string, string[] | null>): Promise<string> {
  const server = createSocket("udp4");
  server.on("message", (question, { port, address }) => {
    const { name, type, end } = asked(question);
    const known = names[name];
    if (known === null) return;
    const addresses = type === A ? (known ?? []) : [];
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    // An answer; without a name of this kind, one that says that it does not exist.
    header.writeUInt16BE(known === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    const records = addresses.map((ip) =>
      Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 1, 0, 4, ...ip.split(".").map(Number)]),
    );
    server.send(Buffer.concat([header, question.subarray(12, end), ...records]), port, address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `127.0.0.1:${server.address().port}`;
}

function asked(question: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join("."), type: question.readUInt16BE(at + 1), end: at + 5 };
}

type Resolved = { code: string | undefined; addresses: LookupAddress[] };

function resolve(resolver: ReturnType<typeof createResolver>, name: string): Promise<Resolved> {
  return new Promise((done) => {
    resolver(name, { all: true }, (error, addresses) => done({ code: error?.code, addresses: addresses ?? [] }));
  });
}

test("a name is resolved by DNS to all of its addresses", async () => {
  const server = await startNameServer({ "two.example": ["192.0.2.1", "192.0.2.2"], "none.example": [] });
  const resolver = createResolver(false, [server]);
  const { addresses } = await resolve(resolver, "two.example");
  expect(addresses.map(({ address, family }) => `${address} ${family}`).sort()).toEqual(["192.0.2.1 4", "192.0.2.2 4"]);
  expect(await resolve(resolver, "none.example")).toEqual({ code: "ENODATA", addresses: [] });
  expect(await resolve(resolver, "nowhere.example")).toEqual({ code: "ENOTFOUND", addresses: [] });
});

test("names whose servers never answer hold up no other", async () => {
  const server = await startNameServer({ "quick.example": ["192.0.2.1"], "hanging.example": null });
  const resolver = createResolver(false, [server]);
  const hanging = Array.from({ length: 50 }, () => resolve(resolver, "hanging.example"));
  const first = await Promise.race([resolve(resolver, "quick.example"), ...hanging]);
  expect(first.addresses).toEqual([{ address: "192.0.2.1", family: 4 }]);
});

test("the system is asked for what DNS does not know, where its names may be sent to", async () => {
  const server = await startNameServer({});
  expect((await resolve(createResolver(true, [server]), "localhost")).addresses).not.toEqual([]);
  expect(await resolve(createResolver(false, [server]), "localhost")).toMatchObject({ addresses: [] });
});
