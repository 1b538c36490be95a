import { describe, expect, it } from "vitest";
import { isSigned } from "./signature-v4.ts";

// Amazon's own: "Authenticating Requests: Using Query Parameters" and "Using the Authorization Header", each the GET example.
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
const HOST = "examplebucket.s3.amazonaws.com";
const PRESIGNED =
  `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=20130524T000000Z` +
  "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
const HEADERS = {
  host: HOST,
  range: "bytes=0-9",
  "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "x-amz-date": "20130524T000000Z",
  authorization:
    `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,` +
    "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
};

describe("the test server's look at signatures", () => {
  it("takes Amazon's documented examples", () => {
    expect(isSigned({ method: "GET", url: PRESIGNED, headers: { host: HOST } }, SECRET)).toBe(true);
    expect(isSigned({ method: "GET", url: "/test.txt", headers: HEADERS }, SECRET)).toBe(true);
  });

  it.each([
    ["another secret", { method: "GET", url: PRESIGNED, headers: { host: HOST } }, "another"],
    ["another method", { method: "PUT", url: PRESIGNED, headers: { host: HOST } }, SECRET],
    ["another file", { method: "GET", url: PRESIGNED.replace("test", "best"), headers: { host: HOST } }, SECRET],
    ["another time", { method: "GET", url: PRESIGNED.replace("86400", "86401"), headers: { host: HOST } }, SECRET],
    ["another host", { method: "GET", url: PRESIGNED, headers: { host: "elsewhere" } }, SECRET],
    ["another header", { method: "GET", url: "/test.txt", headers: { ...HEADERS, range: "bytes=0-8" } }, SECRET],
    ["one more header", { method: "GET", url: "/test.txt", headers: { ...HEADERS, "x-amz-acl": "public" } }, SECRET],
    ["no signature", { method: "GET", url: "/test.txt", headers: { host: HOST } }, SECRET],
  ])("refuses %s", (_what, request, secret) => {
    expect(isSigned(request, secret)).toBe(false);
  });
});
