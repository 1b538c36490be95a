import { buffer, text } from "node:stream/consumers";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isAllowedAddress } from "../src/guarded-fetch/address-rule.ts";
import { fetchableUrl } from "../src/guarded-fetch/fetchable-url.ts";
import type { ResolveName } from "../src/guarded-fetch/guarded-lookup.ts";
import { type GuardedFetchOptions, guardedFetch, hostAndPort } from "../src/guarded-fetch.ts";
import { startServer } from "./archive/http-server.ts";

const PRIVATE = { allowPrivateAddresses: true } as const satisfies GuardedFetchOptions;

function resolveTo(...addresses: string[]): ResolveName {
  return (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
}

describe("which addresses may be connected to", () => {
  it.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "64:ff9b::8.8.8.8"])("%s: any", (address) => {
    expect(isAllowedAddress(address, "public")).toBe(true);
    expect(isAllowedAddress(address, "private")).toBe(true);
  });

  it.each([
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.254"],
    ["loopback", "::1"],
    ["RFC 1918", "10.0.0.1"],
    ["RFC 1918", "172.16.0.1"],
    ["RFC 1918", "192.168.1.1"],
    ["CGNAT", "100.64.0.1"],
    ["unique local", "fd00:ec2::253"],
  ])("%s %s: only where private ones are allowed", (_range, address) => {
    expect(isAllowedAddress(address, "public")).toBe(false);
    expect(isAllowedAddress(address, "private")).toBe(true);
  });

  it.each([
    ["this host", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["cloud metadata", "169.254.169.254"],
    ["cloud metadata", "fd00:ec2::254"],
    ["cloud metadata", "FD00:0EC2:0::254"],
    ["cloud metadata", "fd20:ce::254"],
    ["cloud metadata", "100.100.100.200"],
    ["cloud metadata", "168.63.129.16"],
    ["NAT64 to metadata", "64:ff9b::168.63.129.16"],
    ["multicast", "224.0.0.1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["documentation", "192.0.2.1"],
    ["benchmarks", "198.18.0.1"],
    ["unspecified", "::"],
    ["link-local", "fe80::1"],
    ["with a zone", "fe80::1%lo"],
    ["with a zone", "2606:4700:4700::1111%lo"],
    ["multicast", "ff02::1"],
    ["site-local", "fec0::1"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped", "::ffff:8.8.8.8"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["IPv4-translated", "::ffff:0:127.0.0.1"],
    ["6to4", "2002:7f00:1::"],
    ["6to4", "2002:808:808::"],
    ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["NAT64 to loopback", "64:ff9b::127.0.0.1"],
    ["NAT64 to RFC 1918", "64:ff9b::10.0.0.1"],
    ["NAT64 to metadata", "64:ff9b::169.254.169.254"],
    ["local NAT64", "64:ff9b:1::8.8.8.8"],
    ["documentation", "2001:db8::1"],
    ["not an address", "localhost"],
    ["not an address", ""],
  ])("%s %s: never", (_range, address) => {
    expect(isAllowedAddress(address, "public")).toBe(false);
    expect(isAllowedAddress(address, "private")).toBe(false);
  });
});

describe("what guardedFetch refuses to connect to", () => {
  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127。0。0。1/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "https://10.1.2.3/",
    "http://localhost/",
  ])("%s", async (url) => {
    await expect(guardedFetch(url)).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED", retryable: false });
  });

  it.each([[["127.0.0.1"]], [["8.8.8.8", "10.0.0.1"]], [["2606:4700:4700::1111", "::1"]], [["fe80::1%eth0"]], [[]]])(
    "a name that resolves to %j",
    async (addresses) => {
      const fetched = guardedFetch("http://cdn.test/", { resolve: resolveTo(...addresses) });
      await expect(fetched).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    },
  );

  it("link-local addresses, even where private ones are allowed", async () => {
    await expect(guardedFetch("http://169.254.169.254/", PRIVATE)).rejects.toMatchObject({
      code: "ADDRESS_NOT_ALLOWED",
    });
  });

  it.each(["file:///etc/passwd", "data:video/mp4;base64,AAAA", "ftp://cdn.test/", "javascript:0"])(
    "another scheme: %s",
    async (url) => {
      await expect(guardedFetch(url)).rejects.toMatchObject({ code: "SCHEME_NOT_ALLOWED", retryable: false });
    },
  );

  it.each(["", "/video.mp4", "http://", "http://[fe80::1%25lo]/", "http://cdn.test:99999/"])(
    "what is no URL: %j",
    async (url) => {
      await expect(guardedFetch(url)).rejects.toMatchObject({ code: "INVALID_URL", retryable: false });
    },
  );
});

describe("what may be private all the same", () => {
  it("an allowed host and port, by number and by name, and no other port", async () => {
    await using server = await startServer((_request, response) => response.end("here"));
    await using other = await startServer((_request, response) => response.end("there"));
    const options = { allowedHosts: [hostAndPort(server.origin), `cdn.test:${server.port}`] };
    const resolve = resolveTo("127.0.0.1");
    expect(await text((await guardedFetch(server.origin, options)).body)).toBe("here");
    const byName = await guardedFetch(`http://cdn.test:${server.port}/`, { ...options, resolve });
    expect(await text(byName.body)).toBe("here");
    await expect(guardedFetch(other.origin, options)).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    await expect(guardedFetch(`http://cdn.test:${other.port}/`, { ...options, resolve })).rejects.toMatchObject({
      code: "ADDRESS_NOT_ALLOWED",
    });
    expect(other.requests).toEqual([]);
  });

  it("writes out the port that a scheme implies", () => {
    expect(hostAndPort("https://api.test/v2")).toBe("api.test:443");
    expect(hostAndPort("http://[::1]/")).toBe("[::1]:80");
    expect(hostAndPort("http://api.test:8080")).toBe("api.test:8080");
  });

  it("connects to the address that was checked, without resolving the name again", async () => {
    await using server = await startServer((_request, response) => response.end("here"));
    let asked = 0;
    const resolve: ResolveName = (name, options, callback) =>
      resolveTo(asked++ === 0 ? "127.0.0.1" : "169.254.169.254")(name, options, callback);
    const { body } = await guardedFetch(`http://cdn.test:${server.port}/`, { ...PRIVATE, resolve });
    expect(await text(body)).toBe("here");
    expect(asked).toBe(1);
  });
});

describe("redirects", () => {
  it("are followed, relative ones too, and the answer says where it came from", async () => {
    await using server = await startServer((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "b?sig=1#fragment" }).end("gone");
      else if (request.url === "/b?sig=1") response.writeHead(308, { location: `${server.origin}/c` }).end();
      else response.end("here");
    });
    const { status, url, body } = await guardedFetch(`${server.origin}/a`, PRIVATE);
    expect({ status, url, text: await text(body) }).toEqual({ status: 200, url: `${server.origin}/c`, text: "here" });
    expect(server.requests).toEqual(["/a", "/b?sig=1", "/c"]);
    await server.idle();
  });

  it("are followed three times, or as often as is said", async () => {
    await using server = await startServer((request, response) =>
      response.writeHead(307, { location: `${request.url}x` }).end(),
    );
    const refused = { code: "TOO_MANY_REDIRECTS", retryable: false };
    await expect(guardedFetch(`${server.origin}/`, PRIVATE)).rejects.toMatchObject(refused);
    expect(server.requests).toEqual(["/", "/x", "/xx", "/xxx"]);
    await expect(guardedFetch(server.origin, { ...PRIVATE, maxRedirects: 0 })).rejects.toMatchObject(refused);
    expect(server.requests).toHaveLength(5);
    await server.idle();
  });

  it.each(["http://10.0.0.1/", "http://internal.test/", "http://[::1]/"])("are refused to %s", async (location) => {
    await using server = await startServer((_request, response) => response.writeHead(302, { location }).end());
    const options = { allowedHosts: [server.host], resolve: resolveTo("192.168.0.1") };
    await expect(guardedFetch(server.origin, options)).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    await server.idle();
  });

  it("are refused to another scheme, and from https to http", async () => {
    await using server = await startServer((_request, response) =>
      response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    );
    await expect(guardedFetch(server.origin, PRIVATE)).rejects.toMatchObject({ code: "SCHEME_NOT_ALLOWED" });
    const https = new URL("https://cdn.test/");
    expect(() => fetchableUrl("http://cdn.test/", https)).toThrow(
      expect.objectContaining({ code: "SCHEME_NOT_ALLOWED" }),
    );
    expect(fetchableUrl("https://other.test/", new URL("http://cdn.test/")).href).toBe("https://other.test/");
  });

  it("without a target are answers like any other", async () => {
    await using server = await startServer((_request, response) => response.writeHead(302).end("nowhere"));
    const { status, body } = await guardedFetch(server.origin, PRIVATE);
    expect([status, await text(body)]).toEqual([302, "nowhere"]);
  });
});

describe("credentials", () => {
  it("are never sent: not those of the URL, not the cookies of a redirect", async () => {
    const sent: string[] = [];
    await using server = await startServer((request, response) => {
      sent.push(...Object.keys(request.headers));
      if (request.url !== "/a") return response.end();
      const location = `http://user:secret@${server.host}/b`;
      return response.writeHead(302, { location, "set-cookie": "session=secret" }).end();
    });
    const { body, url } = await guardedFetch(`http://user:secret@${server.host}/a`, PRIVATE);
    await text(body);
    expect(url).toBe(`${server.origin}/b`);
    expect(new Set(sent)).toEqual(new Set(["host", "connection", "accept", "accept-encoding", "user-agent"]));
  });

  it("and query strings and data URIs are in no error", async () => {
    await using server = await startServer((request, response) => {
      if (request.url?.startsWith("/redirect"))
        response.writeHead(302, { location: "http://[secret?sig=secret" }).end();
      else if (request.url?.startsWith("/loop")) response.writeHead(302, { location: "/loop?sig=secret" }).end();
      else request.socket.destroy();
    });
    const urls = [
      `http://user:secret@${server.host}/redirect?sig=secret`,
      `http://user:secret@${server.host}/loop?sig=secret`,
      `http://user:secret@${server.host}/broken?sig=secret`,
      "http://user:secret@10.0.0.1:1/?sig=secret",
      "http://user:secret@[nonsense?sig=secret",
      "data:image/png;base64,secret",
    ];
    for (const url of urls) {
      const error: unknown = await guardedFetch(url, { allowedHosts: [server.host] }).catch((thrown) => thrown);
      expect(error).toMatchObject({ name: "GuardedFetchError" });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("secret");
    }
  });
});

describe("limits", () => {
  it("of size hold for what the answer announces, before a byte is read", async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { "content-length": 11 }).write("1");
    });
    await expect(guardedFetch(server.origin, { ...PRIVATE, maxBytes: 10 })).rejects.toMatchObject({
      code: "TOO_LARGE",
      retryable: false,
    });
    await server.idle();
  });

  it("of size hold for what arrives", async () => {
    await using server = await startServer((_request, response) => {
      response.write("12345678");
      response.write("12345678");
    });
    const { body } = await guardedFetch(server.origin, { ...PRIVATE, maxBytes: 10 });
    await expect(text(body)).rejects.toMatchObject({ code: "TOO_LARGE" });
    await server.idle();
  });

  it("of size let pass what is exactly as large", async () => {
    await using server = await startServer((_request, response) => response.end("1234567890"));
    const { body } = await guardedFetch(server.origin, { ...PRIVATE, maxBytes: 10 });
    expect(await text(body)).toBe("1234567890");
    await server.idle();
  });

  it("cannot be got round by compression", async () => {
    let asked: string | undefined;
    await using server = await startServer((request, response) => {
      asked = String(request.headers["accept-encoding"]);
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(1_000_000)));
    });
    await expect(guardedFetch(server.origin, PRIVATE)).rejects.toMatchObject({ code: "ENCODED", retryable: false });
    expect(asked).toBe("identity");
  });

  it("do not hide what status an error has", async () => {
    await using server = await startServer((_request, response) =>
      response.writeHead(403, { "content-encoding": "gzip", "content-length": 1_000_000 }).flushHeaders(),
    );
    const { status, headers, body } = await guardedFetch(server.origin, { ...PRIVATE, maxBytes: 10 });
    expect([status, headers["content-encoding"]]).toEqual([403, "gzip"]);
    body.destroy();
    await server.idle();
  });

  it.each([
    ["resolving the name", { connectTimeoutMs: 30, resolve: () => {} }],
    ["the head of the answer", { headersTimeoutMs: 30 }],
    ["the whole", { totalTimeoutMs: 30 }],
  ])("of time hold for %s", async (_what, limit) => {
    await using server = await startServer(() => {});
    const fetched = guardedFetch(`http://localhost:${server.port}/`, { ...PRIVATE, ...limit });
    await expect(fetched).rejects.toMatchObject({ code: "TIMED_OUT", retryable: true });
    await server.idle();
  });

  it.each([
    ["a pause", { idleTimeoutMs: 30 }],
    ["the whole", { totalTimeoutMs: 100 }],
  ])("of time hold for %s within the body", async (_what, limit) => {
    await using server = await startServer((_request, response) => void response.write("begun"));
    const read = guardedFetch(server.origin, { ...PRIVATE, ...limit }).then(({ body }) => text(body));
    await expect(read).rejects.toMatchObject({ code: "TIMED_OUT", retryable: true });
    await server.idle();
  });
});

describe("what goes wrong on the way", () => {
  it("is UNREACHABLE before there is an answer", async () => {
    const server = await startServer((request) => request.socket.destroy());
    const unreachable = { code: "UNREACHABLE", retryable: true };
    await expect(guardedFetch(server.origin, PRIVATE)).rejects.toMatchObject(unreachable);
    await server[Symbol.asyncDispose]();
    await expect(guardedFetch(server.origin, PRIVATE)).rejects.toMatchObject(unreachable);
    const resolve: ResolveName = (_name, _options, callback) => callback(new Error("not found"), []);
    await expect(guardedFetch("http://cdn.test/", { resolve })).rejects.toMatchObject(unreachable);
  });

  it("is UNREACHABLE where something else than HTTP answers", async () => {
    await using server = await startServer((request) => request.socket.end("SSH-2.0-OpenSSH_9.9\r\n"));
    await expect(guardedFetch(server.origin, PRIVATE)).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it.each([
    ["of an announced length", { "content-length": 100 }],
    ["in chunks", {}],
  ])("is BROKE_OFF within a body %s", async (_what, headers) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, headers).write("begun", () => response.destroy());
    });
    const { body } = await guardedFetch(server.origin, PRIVATE);
    await expect(buffer(body)).rejects.toMatchObject({ code: "BROKE_OFF", retryable: true });
  });

  it("is told to a reader who begins only after it", async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("begun", () => response.destroy());
    });
    const { body } = await guardedFetch(server.origin, PRIVATE);
    await new Promise((resolve) => body.once("close", resolve));
    await expect(buffer(body)).rejects.toMatchObject({ code: "BROKE_OFF" });
  });

  it("is the caller's own reason where the caller ended it", async () => {
    await using server = await startServer((request, response) => {
      if (request.url === "/begun") response.write("begun");
    });
    const reason = new Error("shutting down");
    const early = new AbortController();
    const fetched = guardedFetch(server.origin, { ...PRIVATE, signal: early.signal });
    early.abort(reason);
    await expect(fetched).rejects.toBe(reason);
    await expect(guardedFetch(server.origin, { ...PRIVATE, signal: early.signal })).rejects.toBe(reason);
    const late = new AbortController();
    const { body } = await guardedFetch(`${server.origin}/begun`, { ...PRIVATE, signal: late.signal });
    late.abort(reason);
    await expect(text(body)).rejects.toBe(reason);
    await server.idle();
  });

  it("leaves nothing open where the body is not wanted", async () => {
    await using server = await startServer((_request, response) => void response.write("begun"));
    const { body } = await guardedFetch(server.origin, PRIVATE);
    body.destroy();
    await server.idle();
  });
});
