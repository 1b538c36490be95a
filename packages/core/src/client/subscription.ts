/** By what watching reaches the gateway. */
export type Transport = "websocket" | "sse" | "polling";

/** What is subscribed to. Its variables are read when it is sent. */
export interface Subscription {
  query: string;
  variables: Record<string, unknown>;
}

/** Who is told what a subscription tells. */
export interface Subscriber<TResult> {
  /** Answers whether that was all. May not throw. */
  next(data: TResult): boolean;
  /** It is under way, or is again on another connection. May not throw. */
  begun?(): void;
  /** Finds out the same by asking again and again, where nothing is pushed. Settles as `Subscribe` does. */
  poll?(begun: () => void, signal: AbortSignal): Promise<boolean>;
}

/**
 * Subscribes once. Resolves with `true` when the subscriber has all, with `false` when the gateway completed it; rejects with the
 * operation's errors, with `NETWORK` where the connection was lost, or with the signal's reason.
 */
export type Subscribe = <TResult>(
  subscription: Subscription,
  subscriber: Subscriber<TResult>,
  signal: AbortSignal,
) => Promise<boolean>;
