import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { describeForm, isWellFormed, type MessageForm } from '../../domain/message-form.js';
import { verdicts, type ReturnStatus } from '../../domain/returns.js';
import {
  approveReturnUpdate,
  inspectReturnUpdate,
  refusedType,
  type Approval,
  type Inspection,
  type ReturnSummary,
} from '../messages.js';
import type { ReturnRecorder } from './recorder.js';

const approvalForm = { decision: ['approve', 'reject'], by: 'text', reason: 'text' } as const;

/** What people decided or found about a return: each once, and only while it waits for it. */
export class ReturnInbox {
  private approval: Approval | undefined;
  private inspection: Inspection | undefined;

  constructor(private readonly recorder: ReturnRecorder) {
    setHandler<ReturnSummary, [Approval], typeof approveReturnUpdate>(
      approveReturnUpdate,
      (approval) => {
        this.approval = approval;
        return this.answerAfter('awaiting_approval');
      },
      {
        validator: (approval) => {
          this.assertWellFormed(approval, approvalForm);
          this.assertAwaited('awaiting_approval', this.approval);
        },
        description: 'Approve or reject',
      },
    );
    setHandler<ReturnSummary, [Inspection], typeof inspectReturnUpdate>(
      inspectReturnUpdate,
      (inspection) => {
        this.inspection = inspection;
        return this.answerAfter('awaiting_goods');
      },
      {
        validator: (inspection) => {
          this.assertWellFormed(inspection, { by: 'text' });
          this.assertAwaited('awaiting_goods', this.inspection);
          this.assertReturned(inspection);
        },
        description: 'Say what the warehouse found',
      },
    );
  }

  /** @returns undefined when nobody decided in time */
  async decision(limitMs: number): Promise<Approval | undefined> {
    const isDecided = () => this.approval !== undefined;
    const awaited = 'a person decides about the return';
    await this.recorder.deadlines.waitFor(isDecided, { awaited, limitMs });
    return this.close(this.approval);
  }

  /** @returns undefined when the goods did not come in time */
  async goods(limitMs: number): Promise<Inspection | undefined> {
    const hasCome = () => this.inspection !== undefined;
    const awaited = 'the goods come back';
    await this.recorder.deadlines.waitFor(hasCome, { awaited, limitMs });
    return this.close(this.inspection);
  }

  private isClosed = false;

  private close<Message>(message: Message | undefined): Message | undefined {
    this.isClosed = message === undefined;
    return message;
  }

  /** Answers with the truth: what became of the return when it has taken the message in. */
  private async answerAfter(status: ReturnStatus): Promise<ReturnSummary> {
    await condition(() => this.recorder.status !== status);
    return this.recorder.summary();
  }

  private assertWellFormed(message: unknown, form: MessageForm): void {
    if (!isWellFormed(message, form))
      throw this.refusal(`The message needs ${describeForm(form)}.`);
  }

  private assertAwaited(status: ReturnStatus, known: Approval | Inspection | undefined): void {
    if (this.recorder.status !== status)
      throw this.refusal(`The return is ${this.recorder.status}.`);
    if (known !== undefined) throw this.refusal(`${known.by} has done this already.`);
    if (this.isClosed) throw this.refusal('The time for it is over.');
  }

  /** The API points at what is wrong; this keeps everybody else from refunding what was not asked. */
  private assertReturned({ lines }: Inspection): void {
    const isList: boolean = Array.isArray(lines);
    if (!isList) throw this.refusal('The message needs lines, a list.');
    const left = new Map(this.recorder.input.lines.map(({ sku, quantity }) => [sku, quantity]));
    for (const { sku, quantity, verdict } of lines) {
      const units = left.get(sku) ?? 0;
      if (!verdicts.includes(verdict))
        throw this.refusal(`${sku} needs one of ${verdicts.join(', ')}.`);
      if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > units) {
        throw this.refusal(`${quantity} of ${sku} are not in the return.`);
      }
      left.set(sku, units - quantity);
    }
  }

  private refusal(message: string): ApplicationFailure {
    return ApplicationFailure.create({
      type: refusedType,
      message,
      nonRetryable: true,
      details: [this.recorder.summary()],
    });
  }
}
