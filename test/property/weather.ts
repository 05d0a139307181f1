import { ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { Fate, Fault } from './fate.js';

/** Longer than anybody in this test thinks: much happens to the order before the effect comes. */
const lateMs = 2_300;

/** What lies between an order and the world outside: lost questions, lost answers, and time. */
export class Weather {
  private readonly gone = new Map<OrderId, Set<Fault>>();
  private readonly pending = new Set<Promise<void>>();
  private readonly listeners: ((orderId: OrderId, call: Fault['call'] | 'reserve') => void)[] = [];

  constructor(private readonly fateOf: (orderId: OrderId) => Fate) {}

  /** Tells of every call before it has any effect. */
  listen(listener: (orderId: OrderId, call: Fault['call'] | 'reserve') => void): void {
    this.listeners.push(listener);
  }

  announce(orderId: OrderId, call: Fault['call'] | 'reserve'): void {
    for (const listener of this.listeners) listener(orderId, call);
  }

  /** Makes a call as the order's fate has it. @throws ProviderUnavailable when its answer is lost */
  async call<T>(call: Fault['call'], orderId: OrderId, effect: () => T): Promise<T> {
    this.announce(orderId, call);
    const fault = this.nextFault(call, orderId);
    if (fault === 'before') throw new ProviderUnavailable(`${call}: the question was lost`);
    if (fault === 'late') await this.wait(lateMs);
    // Not in one moment with whatever else is done in it.
    else await this.wait(1);
    const result = effect();
    if (fault === 'after') throw new ProviderUnavailable(`${call}: the answer was lost`);
    return result;
  }

  /** Does something between now and `mostMs` from now. */
  later(mostMs: number, act: () => unknown): void {
    const happening = this.wait(Math.random() * mostMs).then(async () => {
      await act();
    });
    this.track(happening);
  }

  /** Waits until nothing is to happen any more, up to a limit: orders may hang. */
  async calm(limitMs: number): Promise<void> {
    const end = this.wait(limitMs);
    const endMs = Date.now() + limitMs;
    while (this.pending.size > 0 && Date.now() < endMs) {
      await Promise.race([Promise.allSettled(this.pending), end]);
    }
  }

  track(happening: Promise<unknown>): void {
    const ended = happening
      .then(() => undefined)
      .finally(() => {
        this.pending.delete(ended);
      });
    ended.catch(() => undefined);
    this.pending.add(ended);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Each fault strikes once. */
  private nextFault(call: Fault['call'], orderId: OrderId): Fault['kind'] | undefined {
    const gone = this.gone.get(orderId) ?? new Set();
    this.gone.set(orderId, gone);
    const fault = this.fateOf(orderId).faults.find(
      (drawn) => drawn.call === call && !gone.has(drawn),
    );
    if (fault !== undefined) gone.add(fault);
    return fault?.kind;
  }
}
