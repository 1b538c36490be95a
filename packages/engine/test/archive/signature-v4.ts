import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a request carries the right signature of AWS's version 4, in its `Authorization` header or its query. Written
 * from Amazon's "Signature calculations" and not from the client under test.
 */
export function isSigned(
  { method, url, headers }: Pick<IncomingMessage, "method" | "url" | "headers">,
  secret: string,
): boolean {
  const [path = "", search = ""] = (url ?? "").split("?");
  const query = new URLSearchParams(search);
  const given = (name: "Credential" | "SignedHeaders" | "Signature") => {
    const inHeader = new RegExp(`\\b${name}=([^,\\s]+)`).exec(headers.authorization ?? "");
    return inHeader?.[1] ?? query.get(`X-Amz-${name}`) ?? "";
  };
  const date = String(headers["x-amz-date"] ?? query.get("X-Amz-Date"));
  const [, ...scope] = given("Credential").split("/");
  const signed: string[] = given("SignedHeaders").split(";");
  // Amazon wants these signed wherever they are sent.
  const toBeSigned = Object.keys(headers).filter((name) => /^(host|content-md5|x-amz-.*)$/.test(name));
  if (toBeSigned.some((name) => !signed.includes(name))) return false;

  const canonicalQuery = [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const canonicalRequest = [
    method,
    path,
    canonicalQuery.join("&"),
    signed.map((name) => `${name}:${String(headers[name] ?? "").trim()}\n`).join(""),
    signed.join(";"),
    headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
  ];
  const hash = createHash("sha256").update(canonicalRequest.join("\n")).digest("hex");
  const key = scope.reduce<Buffer | string>((soFar, part) => hmac(soFar, part), `AWS4${secret}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), hash].join("\n"));
  return signature.toString("hex") === given("Signature");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Everything but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
