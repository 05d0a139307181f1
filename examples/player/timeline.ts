import { z } from 'zod';
import { getJson } from '../../src/up/json-client.js';
import { waitFor } from '../../src/runtime/deadline.js';
import { labelOf, timelineFact, type TimelineFact } from './labels.js';

const timelineAnswer = z.object({ data: z.array(timelineFact) });
const mostFacts = 1_000;
const pollMs = 100;

export interface TimelineOptions {
  readonly url: string;
  /** Called once per fact, in the order of the timeline. */
  readonly onFact: (fact: TimelineFact) => void;
  readonly signal: AbortSignal;
}

/** An order's timeline as it is seen from outside. */
export class Timeline {
  private facts: readonly TimelineFact[] = [];

  constructor(private readonly options: TimelineOptions) {}

  get labels(): readonly string[] {
    return this.facts.map(labelOf);
  }

  async read(): Promise<readonly TimelineFact[]> {
    const url = `${this.options.url}?limit=${mostFacts}`;
    const { data } = timelineAnswer.parse(await getJson(url));
    data.slice(this.facts.length).forEach(this.options.onFact);
    this.facts = data;
    return data;
  }

  /**
   * Reads the timeline until `find` finds something.
   * @throws TimeLimitError when limitMs has passed
   */
  async waitFor<Found>(
    find: (
      facts: readonly TimelineFact[],
    ) => Found | undefined | false | Promise<Found | undefined | false>,
    what: string,
    limitMs: number,
  ): Promise<Found> {
    const ask = async () => find(await this.read());
    return waitFor(ask, { what, limitMs, intervalMs: pollMs, signal: this.options.signal });
  }
}
