import { condition } from '@temporalio/workflow';
import type { MessageForm } from '../../domain/message-form.js';
import { misfitOf, type ReturnStatus } from '../../domain/returns.js';
import type { Wait } from '../kit/deadlines.js';
import { assertWellFormed, onUpdate, refusal } from '../kit/handlers.js';
import {
  approveReturnUpdate,
  inspectReturnUpdate,
  type Approval,
  type Inspection,
  type ReturnSummary,
} from '../messages.js';
import type { ReturnRecorder } from './recorder.js';

const approvalForm = { decision: ['approve', 'reject'], by: 'text', reason: 'text' } as const;

interface Answers {
  approval: Approval;
  inspection: Inspection;
}

/** What people decided or found about a return: each once, and only while it waits for it. */
export class ReturnInbox {
  private readonly answers: Partial<Answers> = {};
  private isClosed = false;

  constructor(private readonly recorder: ReturnRecorder) {
    onUpdate(approveReturnUpdate, 'Approve or reject', {
      check: (approval) => {
        this.check(approval, approvalForm, 'awaiting_approval', this.answers.approval);
      },
      handle: (approval) => {
        this.answers.approval = approval;
        return this.answerAfter('awaiting_approval');
      },
    });
    onUpdate(inspectReturnUpdate, 'Say what the warehouse found', {
      check: (inspection) => {
        this.check(inspection, { by: 'text' }, 'awaiting_goods', this.answers.inspection);
        const misfit = misfitOf(recorder.input.lines, inspection);
        if (misfit !== undefined) throw refusal(recorder, misfit);
      },
      handle: (inspection) => {
        this.answers.inspection = inspection;
        return this.answerAfter('awaiting_goods');
      },
    });
  }

  /** @returns undefined when it did not come in time */
  async inTime<Name extends keyof Answers>(
    name: Name,
    wait: Wait,
  ): Promise<Answers[Name] | undefined> {
    await this.recorder.deadlines.waitFor(() => this.answers[name] !== undefined, wait);
    const taken: Partial<Answers>[Name] = this.answers[name];
    this.isClosed = taken === undefined;
    return taken;
  }

  /** Answers with the truth: what became of the return when it has taken the message in. */
  private async answerAfter(status: ReturnStatus): Promise<ReturnSummary> {
    await condition(() => this.recorder.status !== status);
    return this.recorder.summary();
  }

  private check(
    message: unknown,
    form: MessageForm,
    awaitedAt: ReturnStatus,
    known: Approval | Inspection | undefined,
  ): void {
    const { recorder } = this;
    assertWellFormed(recorder, message, form);
    if (recorder.status !== awaitedAt) throw refusal(recorder, `The return is ${recorder.status}.`);
    if (known !== undefined) throw refusal(recorder, `${known.by} has done this already.`);
    if (this.isClosed) throw refusal(recorder, 'The time for it is over.');
  }
}
