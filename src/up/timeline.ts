import { z } from 'zod';
import { waitFor, type WaitOptions } from '../runtime/deadline.js';
import { getJson } from './json-client.js';

/** One fact as the API shows it; its other members depend on its type. */
const timelineFact = z.looseObject({ sequence: z.number(), type: z.string(), at: z.string() });
export type TimelineFact = z.infer<typeof timelineFact>;

const timelineAnswer = z.object({ data: z.array(timelineFact) });
const mostFacts = 1_000;
const pollMs = 100;

type Found<Answer> = Answer | undefined | false;

/** An order's timeline as it is seen from outside. */
export class Timeline {
  facts: readonly TimelineFact[] = [];

  /** @param onFact called once per fact, in the order of the timeline */
  constructor(
    private readonly orderUrl: string,
    private readonly onFact: (fact: TimelineFact) => void,
  ) {}

  async read(): Promise<readonly TimelineFact[]> {
    const url = `${this.orderUrl}/timeline?limit=${mostFacts}`;
    const { data } = timelineAnswer.parse(await getJson(url));
    data.slice(this.facts.length).forEach(this.onFact);
    this.facts = data;
    return data;
  }

  /**
   * Reads the timeline until `find` finds something.
   * @throws TimeLimitError when limitMs has passed
   */
  waitFor<Answer>(
    find: (facts: readonly TimelineFact[]) => Found<Answer> | Promise<Found<Answer>>,
    options: WaitOptions,
  ): Promise<Answer> {
    const ask = async () => find(await this.read());
    return waitFor(ask, { intervalMs: pollMs, ...options });
  }
}

/** When it happened, to the millisecond of its day. */
export const timeOf = ({ at }: TimelineFact): string => at.slice(11, 23);
