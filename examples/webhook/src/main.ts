import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReelwireClient } from "@reelwire/core/client";
import { createReceiver } from "./receiver.ts";

const { HOST = "127.0.0.1", PORT = "3000", RECEIVER_URL, REELWIRE_TOKEN } = process.env;
const { REELWIRE_URL = "http://127.0.0.1:4000/graphql" } = process.env;

const server = createServer();
server.listen(Number(PORT), HOST);
await once(server, "listening");
const { port } = server.address() as AddressInfo;

const reelwire = createReelwireClient({ url: REELWIRE_URL, token: REELWIRE_TOKEN });
// The same input gives the same webhook each time, and its secret.
const made = reelwire.createWebhook({ url: RECEIVER_URL ?? `http://127.0.0.1:${port}/`, events: ["VIDEO_FINISHED"] });
const secret = made.then((created) => created.secret);
server.on(
  "request",
  createReceiver(secret, ({ type, data }) => {
    console.log(type, data.id, data.url ?? data.error?.message ?? "");
  }),
);
const { webhook, reused } = await made;
reelwire.close();
console.log(`${reused ? "Found" : "Made"} ${webhook.id}: ${webhook.url} is told how videos end.`);
