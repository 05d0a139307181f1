import { condition, log, setHandler } from '@temporalio/workflow';
import type { MailData } from '../activities/mails/matter.js';
import type { ReturnStep } from '../activities/returns.js';
import type { Fact, RecordedFact } from '../domain/facts.js';
import type { Money } from '../domain/money.js';
import { firstStatus, statusGivenBy, stuckFact, type ReturnStatus } from '../domain/returns.js';
import type { ActivityName } from './activity-options.js';
import { Deadlines } from './deadlines.js';
import { dispatch, type Call, type InputOf, type ResultOf } from './dispatch.js';
import { returnStatusQuery, type ReturnInput, type ReturnSummary } from './messages.js';

type ReturnActivity = Extract<
  ActivityName,
  | 'createReturnLabel'
  | 'inspectReturn'
  | 'refundReturn'
  | 'restockReturn'
  | 'placeExchange'
  | 'revokePartOfPoints'
>;
type Told = ReturnActivity | 'sendMail';
type OutcomeOf<Name extends Told> = ResultOf<Name>['outcome'];
type PayloadOf<Name extends ReturnActivity> = Omit<InputOf<Name>, keyof ReturnStep>;

interface Insistence {
  /** One line for the Web UI. */
  readonly summary: string;
  /** Tells calls of one name apart. */
  readonly subject?: string;
  /** What stays lost while it is not done. */
  readonly exposure?: Money;
}

/** A return's status as its workflow knows it, and the one way to change it. */
export class ReturnLife {
  status: ReturnStatus;
  readonly deadlines = new Deadlines();
  private since: string;
  private readonly asides: Promise<void>[] = [];

  constructor(readonly input: ReturnInput) {
    this.status = firstStatus(input.approval);
    this.since = input.requestedAt;
    setHandler(returnStatusQuery, () => this.summary(), { description: 'Where the return stands' });
  }

  summary(): ReturnSummary {
    const { returnId, orderId } = this.input;
    return { returnId, orderId, status: this.status, since: this.since };
  }

  /**
   * A step that is tried until it is done. One that takes long calls for a person meanwhile, who can
   * mend what stands in its way.
   */
  async insist<Name extends ReturnActivity>(
    name: Name,
    payload: PayloadOf<Name>,
    { summary, subject, exposure }: Insistence,
  ): Promise<OutcomeOf<Name>> {
    const input = { ...this.step(), ...payload } as unknown as InputOf<Name>;
    let isSettled = false;
    const running = this.run({ name, input, summary }).finally(() => (isSettled = true));
    // It is awaited below; until then a failure must not count as one that nobody looks at.
    running.catch(() => undefined);
    const inTime = await this.deadlines.until(() => isSettled, this.input.undoMs);
    if (!inTime) {
      const stuck = [name, subject].filter((part) => part !== undefined).join(':');
      await this.callForHelp(stuck, () => isSettled, exposure);
    }
    return running;
  }

  /** Writes what no step brought about. @param what names the change within the return */
  async record(what: string, facts: readonly Fact[]): Promise<void> {
    const step = this.step();
    const summary = facts.map(({ type }) => type).join(', ');
    const entry = { ...step, key: `${what}:${step.returnId}`, facts };
    const told = await dispatch({ name: 'recordReturn', input: entry, summary });
    this.apply(told.facts);
  }

  /** A mail beside the main line; the return ends when it has gone, or has become a person's work. */
  mail(template: 'return_approved' | 'return_refused' | 'return_completed', data: MailData): void {
    const { orderId, returnId } = this.input;
    const input = { orderId, template, sequence: returnId, data: { ...data, returnId } };
    const sending = this.run({
      name: 'sendMail',
      input,
      summary: `tell the buyer: ${template}`,
    });
    this.asides.push(
      sending.then(
        () => undefined,
        (error: unknown) => {
          log.error('a mail of a return failed', { template, error });
          return this.record(`stuck:${template}`, [stuckFact(`${returnId}:${template}`)]);
        },
      ),
    );
  }

  async asidesDone(): Promise<void> {
    await Promise.all(this.asides);
  }

  private async run<Name extends Told>(call: Call<Name>): Promise<OutcomeOf<Name>> {
    const told = await dispatch(call);
    this.apply(told.facts);
    return told.outcome;
  }

  private async callForHelp(
    stuck: string,
    isSettled: () => boolean,
    exposure: Money | undefined,
  ): Promise<void> {
    const subject = `${this.input.returnId}:${stuck}`;
    await this.record(`stuck:${stuck}`, [stuckFact(subject, exposure)]);
    await condition(isSettled);
    await this.record(`unstuck:${stuck}`, [
      { type: 'attention.resolved', reason: 'return_stuck', subject },
    ]);
  }

  private step(): ReturnStep {
    const { orderId, returnId } = this.input;
    return { orderId, returnId };
  }

  private apply(facts: readonly RecordedFact[]): void {
    for (const fact of facts) {
      const status = statusGivenBy(fact);
      if (status === undefined) continue;
      this.status = status;
      this.since = fact.at;
    }
  }
}
