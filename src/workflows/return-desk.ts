import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { ReturnStatus } from '../domain/returns.js';
import {
  approveReturnUpdate,
  inspectReturnUpdate,
  refusedType,
  type Approval,
  type Inspection,
  type ReturnSummary,
} from './messages.js';
import type { ReturnLife } from './return-life.js';

/** Where people tell a return what they decided or found: each once, and only while it waits for it. */
export class ReturnDesk {
  private approval: Approval | undefined;
  private inspection: Inspection | undefined;

  constructor(private readonly life: ReturnLife) {
    setHandler<ReturnSummary, [Approval], typeof approveReturnUpdate>(
      approveReturnUpdate,
      (approval) => {
        this.approval = approval;
        return this.answerAfter('awaiting_approval');
      },
      {
        validator: () => {
          this.demand('awaiting_approval', this.approval);
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
          this.demand('awaiting_goods', this.inspection);
          this.demandReturned(inspection);
        },
        description: 'Say what the warehouse found',
      },
    );
  }

  /** @returns undefined when nobody decided in time */
  async decision(limitMs: number): Promise<Approval | undefined> {
    await this.life.deadlines.until(() => this.approval !== undefined, limitMs);
    return this.close(this.approval);
  }

  /** @returns undefined when the goods did not come in time */
  async goods(limitMs: number): Promise<Inspection | undefined> {
    await this.life.deadlines.until(() => this.inspection !== undefined, limitMs);
    return this.close(this.inspection);
  }

  private isClosed = false;

  private close<Message>(message: Message | undefined): Message | undefined {
    this.isClosed = message === undefined;
    return message;
  }

  /** Answers with the truth: what became of the return when it has taken the message in. */
  private async answerAfter(status: ReturnStatus): Promise<ReturnSummary> {
    await condition(() => this.life.status !== status);
    return this.life.summary();
  }

  private demand(status: ReturnStatus, known: Approval | Inspection | undefined): void {
    if (this.life.status !== status) throw this.refusal(`The return is ${this.life.status}.`);
    if (known !== undefined) throw this.refusal(`${known.by} has done this already.`);
    if (this.isClosed) throw this.refusal('The time for it is over.');
  }

  /** The API points at what is wrong; this keeps everybody else from refunding what was not asked. */
  private demandReturned({ lines }: Inspection): void {
    const left = new Map(this.life.input.lines.map(({ sku, quantity }) => [sku, quantity]));
    for (const { sku, quantity } of lines) {
      const units = left.get(sku) ?? 0;
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
      details: [this.life.summary()],
    });
  }
}
