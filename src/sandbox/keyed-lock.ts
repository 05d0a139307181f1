/**
 * Serializes work on one object within this process, which is enough as one process owns the
 * sandbox's database. There are at most as many waiters as open requests.
 */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs the work when every earlier work on one of these ids has ended. */
  async exclusive<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const earlier = ids.map((id) => this.#tails.get(id) ?? Promise.resolve());
    const result = Promise.all(earlier).then(work);
    const tail = result.catch(() => undefined);
    for (const id of ids) this.#tails.set(id, tail);
    try {
      return await result;
    } finally {
      for (const id of ids) if (this.#tails.get(id) === tail) this.#tails.delete(id);
    }
  }
}
