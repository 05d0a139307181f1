import { condition, log, setHandler } from '@temporalio/workflow';
import type { MailData } from '../../activities/mails/mail-context.js';
import type { ReturnStep } from '../../activities/returns.js';
import type { Fact, RecordedFact } from '../../domain/facts.js';
import type { Money } from '../../domain/money.js';
import { firstStatus, statusGivenBy, stuckFact, type ReturnStatus } from '../../domain/returns.js';
import { runActivity, type ActivityName, type InputOf } from '../kit/activities.js';
import { Deadlines } from '../kit/deadlines.js';
import type { OutcomeOf } from '../kit/recorder.js';
import { returnStatusQuery, type ReturnInput, type ReturnSummary } from '../messages.js';

type ReturnActivity = {
  [Name in ActivityName]: InputOf<Name> extends ReturnStep ? Name : never;
}[ActivityName];
type PayloadOf<Name extends ReturnActivity> = Omit<InputOf<Name>, keyof ReturnStep>;

interface StuckStep {
  /** Tells calls of one name apart. */
  readonly subject?: string;
  /** What stays lost while it is not done. */
  readonly exposure?: Money;
}

/** A return's status as its workflow knows it, and the one way to change it. */
export class ReturnRecorder {
  status: ReturnStatus;
  readonly deadlines = new Deadlines();
  private since: string;
  private readonly mails: Promise<void>[] = [];

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
   * A step that is retried until it is done. One that takes long calls for a person meanwhile, who can
   * remove the cause.
   */
  async runUntilDone<Name extends ReturnActivity>(
    name: Name,
    payload: PayloadOf<Name>,
    summary: string,
    { subject, exposure }: StuckStep = {},
  ): Promise<OutcomeOf<Name>> {
    const input = { ...this.step(), ...payload } as unknown as InputOf<Name>;
    let isDone = false;
    const running = this.run(name, input, summary).finally(() => (isDone = true));
    // It is awaited below; until then a failure must not count as one that nobody looks at.
    running.catch(() => undefined);
    const wait = { awaited: `${summary} is done`, limitMs: this.input.undoMs };
    const inTime = await this.deadlines.waitFor(() => isDone, wait);
    if (!inTime) {
      const stuck = [name, subject].filter((part) => part !== undefined).join(':');
      await this.callForHelp(stuck, () => isDone, exposure);
    }
    return running;
  }

  /** Writes what no step brought about. @param what names the change within the return */
  async record(what: string, facts: readonly Fact[]): Promise<void> {
    const step = this.step();
    const summary = facts.map(({ type }) => type).join(', ');
    const entry = { ...step, key: `${what}:${step.returnId}`, facts };
    this.apply((await runActivity('recordReturn', entry, summary)).facts);
  }

  /** A mail beside the main line; the return ends when it has gone, or has become a person's work. */
  mail(template: 'return_approved' | 'return_refused' | 'return_completed', data: MailData): void {
    const { orderId, returnId } = this.input;
    const input = { orderId, template, sequence: returnId, data: { ...data, returnId } };
    const sending = this.run('sendMail', input, `Mail: ${template}`);
    this.mails.push(
      sending.then(
        () => undefined,
        (error: unknown) => {
          log.error('a mail of a return failed', { template, error });
          return this.record(`stuck:${template}`, [stuckFact(`${returnId}:${template}`)]);
        },
      ),
    );
  }

  async mailsSent(): Promise<void> {
    await Promise.all(this.mails);
  }

  private async run<Name extends ReturnActivity | 'sendMail'>(
    name: Name,
    input: InputOf<Name>,
    summary: string,
  ): Promise<OutcomeOf<Name>> {
    const result = await runActivity(name, input, summary);
    this.apply(result.facts);
    return result.outcome;
  }

  private async callForHelp(
    stuck: string,
    isDone: () => boolean,
    exposure: Money | undefined,
  ): Promise<void> {
    const subject = `${this.input.returnId}:${stuck}`;
    await this.record(`stuck:${stuck}`, [stuckFact(subject, exposure)]);
    await condition(isDone);
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
