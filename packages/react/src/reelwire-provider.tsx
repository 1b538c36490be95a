"use client";

import { type Connection, createConnection, type ReelwireClientOptions } from "@reelwire/core/client";
import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useInsertionEffect,
  useRef,
  useState,
} from "react";

/** How to reach a gateway, or what already does: a client, or a connection. */
export type ReelwireProviderProps = { children?: ReactNode } & (
  | (ReelwireClientOptions & { client?: undefined })
  | ({ client: Connection } & { [Option in keyof ReelwireClientOptions]?: undefined })
);

const ReelwireContext = createContext<Connection | null>(null);

/**
 * Says to the hooks below it which gateway to use. A `token` function may be another one at every render: the newest is asked.
 * Another `url`, `transports`, or token that is a text makes a new connection, on which whatever is watched goes on; other
 * options are those of the time when the connection was made. To begin anew for another user, whose token comes
 * from a function too, give the provider another `key`.
 */
export function ReelwireProvider({ children, client, ...options }: ReelwireProviderProps): ReactElement {
  const { url, token, transports } = options;
  const newest = useRef(token);
  const key = JSON.stringify([url, typeof token === "function" || token, transports]);
  const [made, setMade] = useState(make);

  function make() {
    if (client !== undefined || url === undefined) return { key };
    const asked = () => (typeof newest.current === "function" ? newest.current() : null);
    // A server knows no page that an address could be relative to; it sends nothing there.
    const absolute = typeof location === "undefined" ? new URL(url, "http://localhost").href : url;
    const source = typeof token === "function" ? asked : token;
    return { key, connection: createConnection({ ...options, url: absolute, token: source }) };
  }

  if (made.key !== key) setMade(make);
  // Before any other effect, which may ask for a token.
  useInsertionEffect(() => {
    newest.current = token;
  });
  return <ReelwireContext.Provider value={client ?? made.connection ?? null}>{children}</ReelwireContext.Provider>;
}

/**
 * The connection in use, for the functions of `@reelwire/core/client`.
 *
 * @param client used in place of the provider's
 * @throws {Error} where there is neither
 */
export function useReelwire(client?: Connection): Connection {
  const provided = useContext(ReelwireContext);
  const connection = client ?? provided;
  if (connection !== null) return connection;
  throw new Error("No Reelwire here: put <ReelwireProvider url=…> around this component, or give the hook a `client`.");
}
