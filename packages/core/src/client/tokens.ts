import { networkError } from "./reelwire-error.ts";
import { type AskingOptions, checkedToken, type TokenSource, type Tokens } from "./token.ts";

/**
 * Gives what gives tokens. What asks a function for them is a part of its own, for those who need it.
 *
 * @throws {TypeError} when the token given cannot be one
 */
export function createTokens(source: TokenSource | undefined, options: AskingOptions): () => Promise<Tokens> {
  if (typeof source !== "function") {
    const token = source === undefined ? source : checkedToken(source);
    const tokens: Tokens = {
      use: (call) => call(token),
      forSocket: async () => token,
      opened() {},
      refused: () => false,
    };
    return async () => tokens;
  }
  let loaded: Promise<Tokens> | undefined;
  const load = () => {
    loaded ??= import("./asked-tokens.ts").then(
      ({ createAskedTokens }) => createAskedTokens(source, options),
      (error) => {
        loaded = undefined;
        throw networkError(error);
      },
    );
    return loaded;
  };
  // At once, since later there may be no network.
  load().catch(() => {});
  return load;
}
