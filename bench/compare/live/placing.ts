import { startPollingLoop, type PollingLoop } from '../../../src/runtime/polling-loop.js';
import { basketsOf } from '../schedule/baskets.js';
import type { Lane } from './lane.js';

const seed = 1;
export const placeEveryMs = 2_000;
/** Where so many are under way in an arm, no arm gets another one. */
const mostUnderWay = 8;

/** Places the same order in all arms at the same time, again and again. */
export class Placing {
  readonly #loop: PollingLoop;
  #next = 0;
  #isOn = true;

  constructor(
    private readonly lanes: readonly Pick<Lane, 'place' | 'counters'>[],
    minutes: number,
    onError: (error: unknown) => void,
  ) {
    const baskets = basketsOf(seed, Math.ceil((minutes * 60_000) / placeEveryMs));
    this.#loop = startPollingLoop({
      round: async () => {
        const plan = baskets[this.#next];
        if (plan === undefined || !this.#isDue()) return false;
        this.#next += 1;
        await Promise.all(this.lanes.map((lane) => lane.place(plan)));
        return false;
      },
      pollMs: placeEveryMs,
      onError,
    });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  turn(isOn: boolean): void {
    this.#isOn = isOn;
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  #isDue(): boolean {
    return this.#isOn && this.lanes.every((lane) => lane.counters().underWay < mostUnderWay);
  }
}
