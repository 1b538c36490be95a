import { afterEach } from "vitest";
import { connectForStream, openStream, type ReadStream } from "./event-stream-reader.ts";
import { type StubServer, type StubServerOptions, startStubServer } from "./stub-engine.ts";

export const STATUS = 'subscription { videoStatus(id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn") { id } }';
export const COMPLETE = { event: "complete", data: null };

/** Servers and streams for the tests of one file, which end with their test. */
export function streamsOfATest() {
  let ended = new AsyncDisposableStack();
  afterEach(async () => {
    await ended.disposeAsync();
    ended = new AsyncDisposableStack();
  });
  return {
    async start(options: StubServerOptions = {}): Promise<StubServer> {
      return ended.use(await startStubServer(options));
    },
    async open(init: Parameters<typeof openStream>[0]): Promise<ReadStream> {
      const stream = await openStream(init);
      ended.defer(() => stream.leave());
      return stream;
    },
    /** The same by hand. */
    async connectTo(server: StubServer, query: string, credential?: string) {
      const connection = await connectForStream(server, query, credential);
      ended.defer(() => void connection.client.destroy());
      return connection;
    },
  };
}
