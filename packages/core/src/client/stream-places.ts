/** A browser opens six connections to a host by HTTP/1.1, for all of its tabs: two are left for everything else. */
const PLACES = 4;

/** Calls what opens an event stream, while there is a place for it. Resolves with `null` where there is none. */
export type InPlace = <T>(open: () => Promise<T>) => Promise<T | null>;

/**
 * The places for event streams to one gateway. All tabs share them, where the page may have locks (over `https:`, or from this
 * machine); elsewhere each connection has as many.
 */
export function createStreamPlaces(url: string): InPlace {
  const { locks } = (globalThis as { navigator?: Partial<Pick<Navigator, "locks">> }).navigator ?? {};
  let taken = 0;

  async function unshared<T>(open: () => Promise<T>): Promise<T | null> {
    if (taken === PLACES) return null;
    taken++;
    try {
      return await open();
    } finally {
      taken--;
    }
  }
  async function shared<T>(locks: Navigator["locks"], open: () => Promise<T>): Promise<T | null> {
    let opened: Promise<T | null> | undefined;
    async function hold(lock: unknown) {
      if (lock !== null) opened = open();
      // What fails is told to the caller, and not to the lock.
      await opened?.catch(() => {});
    }
    try {
      for (let place = 0; place < PLACES && opened === undefined; place++) {
        await locks.request(`reelwire:${url}:${place}`, { ifAvailable: true }, hold);
      }
    } catch {
      // A page in a sandbox is refused them.
      opened ??= unshared(open);
    }
    return (await opened) ?? null;
  }
  return (open) => (locks === undefined ? unshared(open) : shared(locks, open));
}
