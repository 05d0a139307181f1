/** Waits for its turn, does something, and lets the next one go. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Everything at once. */
export const atOnce: InTurn = (work) => work();

/**
 * One quick try of an order at a time. A replay hears of several local activities that were under way
 * together in another order than the first run did, and takes another way then (sdk-typescript #1744,
 * docs/decisions/0014). What the order itself does goes before what is done beside it.
 */
export class Turns {
  private readonly waiting: Record<'main' | 'aside', (() => void)[]> = { main: [], aside: [] };
  private isTaken = false;

  readonly main: InTurn = (work) => this.take('main', work);
  readonly aside: InTurn = (work) => this.take('aside', work);

  private async take<T>(queue: 'main' | 'aside', work: () => Promise<T>): Promise<T> {
    if (this.isTaken) await new Promise<void>((go) => this.waiting[queue].push(go));
    this.isTaken = true;
    try {
      return await work();
    } finally {
      this.pass();
    }
  }

  /** Straight on to the next one, so that nobody who asks meanwhile gets in between. */
  private pass(): void {
    const next = this.waiting.main.shift() ?? this.waiting.aside.shift();
    if (next === undefined) this.isTaken = false;
    else next();
  }
}
