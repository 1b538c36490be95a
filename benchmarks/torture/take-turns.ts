/** Something that suffers one misfortune at a time; others wait for their turn. */
export class TakesTurns {
  #last: Promise<void> = Promise.resolve();

  /** Does this once everything before it is done. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
