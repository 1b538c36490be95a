/** What one websocket may take. Sizes in bytes, times in milliseconds. */
export interface SocketLimits {
  /** Largest message from a client; a larger one closes the socket with 1009. Default: 32 MiB, as over HTTP. */
  maxMessageBytes: number;
  /**
   * How much a client may send before `connection_ack`, in all; more closes the socket with 1009, and is not read. Default: 64 KiB,
   * which is far more than any token has.
   */
  maxBytesBeforeInit: number;
  /** Sockets that have no `connection_ack` yet, all together; beyond them an upgrade is answered with 503. Default: 1,000. */
  maxUnacknowledged: number;
  /** How much may wait to be read by the client before it counts as slow. Default: 1 MiB. */
  maxBufferedBytes: number;
  /** How long a client may be slow before it is closed with `TOO_SLOW`. Default: 5 s. */
  slowForMs: number;
  /** How often a client is pinged; one that has not answered by the next ping is gone. Default: 15 s. */
  pingEveryMs: number;
  /** How long a client may take for `connection_init`; then 4408. Default: 5 s. */
  initWithinMs: number;
  /** Operations under way at the same time. Default: 100. */
  maxOperations: number;
  /** How long a socket that is being closed may take to go before it is cut. Default: 2 s. */
  closeWithinMs: number;
}

export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  maxMessageBytes: 32 * 1024 * 1024,
  maxBytesBeforeInit: 64 * 1024,
  maxUnacknowledged: 1_000,
  maxBufferedBytes: 1024 * 1024,
  slowForMs: 5_000,
  pingEveryMs: 15_000,
  initWithinMs: 5_000,
  maxOperations: 100,
  closeWithinMs: 2_000,
};

/** The codes that the gateway itself closes sockets with; graphql-transport-ws defines the others. */
export const SOCKET_CLOSE_CODES = {
  GOING_AWAY: { code: 1001, reason: "The gateway is stopping: connect again and resume with afterVersion" },
  TOO_LARGE: { code: 1009, reason: "Too much before connection_ack: first say who you are, with connection_init" },
  UNAVAILABLE: { code: 1013, reason: "The gateway cannot tell who you are right now: try again" },
  /** The reason says more, where more is known. */
  UNAUTHENTICATED: { code: 4401, reason: "Unauthenticated" },
  TOO_SLOW: { code: 4413, reason: "Too slow: resume with afterVersion" },
  EXPIRED: {
    code: 4440,
    reason: "The access token has expired: connect again with a new one and resume with afterVersion",
  },
  REVOKED: {
    code: 4441,
    reason: "What this was opened with is no longer valid: connect again with a credential that is",
  },
  INTERNAL: { code: 4500, reason: "Something went wrong in the gateway" },
} as const;
