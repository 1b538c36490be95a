import { expect, test } from "vitest";
import { AddressProblem, gatewayAddress } from "../src/gateway-address.ts";

test.each([
  ["https://video.example.com", "https://video.example.com"],
  ["https://video.example.com/", "https://video.example.com"],
  ["  https://video.example.com/graphql ", "https://video.example.com"],
  ["https://video.example.com/graphql/", "https://video.example.com"],
  ["video.example.com", "https://video.example.com"],
  ["video.example.com:8443/graphql", "https://video.example.com:8443"],
  ["https://VIDEO.example.com:443//", "https://video.example.com"],
  ["https://example.com/reelwire/graphql", "https://example.com/reelwire"],
  ["https://example.com/reelwire/?from=mail#top", "https://example.com/reelwire"],
  ["http://127.0.0.1:4000/graphql", "http://127.0.0.1:4000"],
  ["http://localhost:4000", "http://localhost:4000"],
  ["http://[::1]:4000", "http://[::1]:4000"],
])("%s is %s", (written, address) => {
  expect(gatewayAddress(written)).toBe(address);
});

test.each([
  [undefined, /^Give the address/],
  ["   ", /^Give the address/],
  ["https://", /is no address/],
  ["not an address", /is no address/],
  ["http://video.example.com", /must begin with https/],
  ["ftp://video.example.com", /must begin with https/],
  ["https://user:word@video.example.com", /must not carry/],
])("%s is refused", (written, message) => {
  expect(() => gatewayAddress(written)).toThrow(AddressProblem);
  expect(() => gatewayAddress(written)).toThrow(message);
});
