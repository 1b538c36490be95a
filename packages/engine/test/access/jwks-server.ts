import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";

/** A customer's own identity provider: keys at an address on loopback, and tokens signed by them. */
export interface TestIssuer {
  /** What its tokens say that they are of. */
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often its keys were read. */
  readings(): number;
  /** What it answers instead of its keys; `null`: its keys. */
  answer: { status: number; body: string } | null;
  /** Makes a key, of which the next tokens are signed. */
  rotate(): Promise<void>;
  /** @param claims `undefined` leaves one out */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

/** Starts one, stopped after the test. */
export async function testIssuer(algorithm = "RS256"): Promise<TestIssuer> {
  const keys: JWK[] = [];
  let readings = 0;
  let current = await generateKeyPair(algorithm);
  const server = createServer((_, response) => {
    readings += 1;
    const { status, body } = issuer.answer ?? { status: 200, body: JSON.stringify({ keys }) };
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  }).listen(0, "127.0.0.1");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens nowhere");
  const url = `http://127.0.0.1:${address.port}`;
  const issuer: TestIssuer = {
    issuer: `${url}/`,
    jwksUrl: `${url}/jwks.json`,
    readings: () => readings,
    answer: null,
    async rotate() {
      current = await generateKeyPair(algorithm);
      keys.push({ ...(await exportJWK(current.publicKey)), kid: String(keys.length), alg: algorithm, use: "sig" });
    },
    async token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const payload: JWTPayload = {
        iss: issuer.issuer,
        aud: "reelwire-app",
        sub: "ada",
        iat: now,
        exp: now + 600,
        ...claims,
      };
      return await new SignJWT(payload)
        .setProtectedHeader({ alg: algorithm, kid: String(keys.length - 1), ...header })
        .sign(current.privateKey);
    },
  };
  await issuer.rotate();
  return issuer;
}
