// Imports nothing: whatever else there is may not load on the Node that is complained of.

/** What the newest of our dependencies needs. */
const [NEEDED_MAJOR, NEEDED_MINOR] = [22, 19];

/** What to tell whoever runs this on a Node that is too old, in one line; `null`: it is new enough. */
export function explainOldNode(): string | null {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > NEEDED_MAJOR || (major === NEEDED_MAJOR && minor >= NEEDED_MINOR)) return null;
  return `reelwire: This is Node ${process.versions.node}, and the gateway needs ${NEEDED_MAJOR}.${NEEDED_MINOR} or newer. In a clone of the repository, npx -y pnpm@12 start brings its own.\n`;
}
