interface ImportMetaEnv {
  /** The gateway's address. Default: `http://127.0.0.1:4000/graphql`. */
  readonly VITE_REELWIRE_URL?: string;
}
