import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { typeid } from 'typeid-js';
import type { Codes } from '../../src/activities/ports.js';
import { oneRow, type Database } from '../../src/db/database.js';
import { storeMessage } from '../../src/db/messages.js';
import type { AttentionChoice } from '../../src/domain/attention.js';
import type { Fact, FactOf } from '../../src/domain/facts.js';
import type { OrderId, ShipmentId } from '../../src/domain/ids.js';
import {
  approveOrderUpdate,
  cancelOrderUpdate,
  cancelSignal,
  changeAddressUpdate,
  decideShortageUpdate,
  resolveAttentionUpdate,
  retryPaymentUpdate,
  verifyCodeUpdate,
} from '../../src/workflows/messages.js';
import type { CancelFate, Fate } from './fate.js';
import type { Post } from './post.js';
import type { Weather } from './weather.js';

/** Longer than anybody thinks about an answer. */
const thinkingMs = 60;

/** An order may not know yet that it has asked: the answer is tried again. */
const pauseMs = 200;
const mostTries = 15;

interface Surroundings {
  readonly client: Client;
  readonly database: Database;
  readonly weather: Weather;
  readonly post: Post;
  readonly fateOf: (orderId: OrderId) => Fate;
}

/**
 * Customers and staff: they read the timeline and answer as their fate has it. An answer may
 * come too late; then it is refused.
 */
export class People {
  constructor(private readonly around: Surroundings) {}

  read(orderId: OrderId, facts: readonly Fact[]): void {
    for (const fact of facts)
      this.around.weather.later(thinkingMs, () => this.answer(orderId, fact));
  }

  /** An address that the customer thinks of himself. */
  async move(orderId: OrderId, country: string, tries = 1): Promise<void> {
    const address = {
      name: 'Ada Example',
      line1: `${Math.ceil(Math.random() * 1_000)} New Street`,
      line2: null,
      city: 'Elsewhere',
      postalCode: '10115',
      country,
    };
    const changeId = await this.stage(orderId, 'changeAddress', address);
    await this.update(orderId, changeAddressUpdate, { changeId, by: 'customer' }, tries);
  }

  cancel(orderId: OrderId, by: CancelFate['by']): Promise<void> {
    const request = { requestedBy: 'customer', reason: 'changed my mind' };
    if (by === 'update') return this.update(orderId, cancelOrderUpdate, request, 1);
    const speech: Speech = (handle) =>
      by === 'signal' ? handle.signal(cancelSignal, request) : handle.cancel();
    return this.say(orderId, speech, 1);
  }

  private async answer(orderId: OrderId, fact: Fact): Promise<void> {
    const fate = this.around.fateOf(orderId);
    if (fact.type === 'approval.requested') return this.approve(orderId, fate.approval);
    if (fact.type === 'code.sent') return this.enterCode(orderId, fate.code, fact);
    if (fact.type === 'shortage.asked') return this.decide(orderId, fate.shortageAnswer);
    if (fact.type === 'payment.method_requested' && fate.hasAnotherCard) {
      return this.payOtherwise(orderId);
    }
    if (fact.type === 'address.fix_requested' && fate.hasAnotherAddress) {
      return this.correctAddress(orderId);
    }
    return fact.type === 'attention.raised' ? this.resolve(orderId, fact) : undefined;
  }

  private async approve(orderId: OrderId, answer: Fate['approval']): Promise<void> {
    if (answer !== 'approve' && answer !== 'reject') return;
    const approval = { decision: answer, by: 'mia', reason: 'looked at it' };
    await this.update(orderId, approveOrderUpdate, approval);
  }

  private async enterCode(
    orderId: OrderId,
    how: Fate['code'],
    { number }: FactOf<'code.sent'>,
  ): Promise<void> {
    if (how === 'silent') return;
    if (how === 'second_try') await this.update(orderId, verifyCodeUpdate, { digest: 'wrong' });
    const isResent = how === 'resent' && number === 1;
    await this.update(orderId, verifyCodeUpdate, isResent ? { resend: true } : { digest: 'right' });
  }

  private async decide(orderId: OrderId, decision: Fate['shortageAnswer']): Promise<void> {
    if (decision === 'silent') return;
    await this.update(orderId, decideShortageUpdate, { decision, by: 'customer' });
  }

  private async payOtherwise(orderId: OrderId): Promise<void> {
    const content = { paymentMethod: 'pm_card_other' };
    const changeId = await this.stage(orderId, 'retryPayment', content);
    await this.update(orderId, retryPaymentUpdate, { changeId, by: 'customer' });
  }

  /** In the same country: it costs the same. */
  private async correctAddress(orderId: OrderId): Promise<void> {
    const { country } = await oneRow<{ country: string }>(this.around.database)`
          select country from orders.contacts where order_id = ${orderId}`;
    await this.move(orderId, country, mostTries);
  }

  private async resolve(orderId: OrderId, item: FactOf<'attention.raised'>): Promise<void> {
    const { id: attentionId, subject } = item;
    const choice = this.choiceFor(item);
    if (attentionId === undefined || choice === undefined) return;
    const gone = this.around.post.parcel(subject as ShipmentId);
    if (item.reason === 'parcel_already_gone' && gone !== undefined) gone.isRecalled = true;
    const decided = { attentionId, choice, by: 'mia', note: 'looked at it' };
    await this.update(orderId, resolveAttentionUpdate, decided);
    const parcel = this.around.post.parcel(subject as ShipmentId);
    if (parcel === undefined || choice !== 'wait') return;
    if (item.reason === 'not_handed_over') await this.around.post.pickUp(parcel);
    if (item.reason === 'not_delivered') await this.around.post.end(parcel, 'lost');
  }

  /** Undefined where the parcel's own end answers. */
  private choiceFor({ reason, subject }: FactOf<'attention.raised'>): AttentionChoice | undefined {
    const fate = this.around.post.parcel(subject as ShipmentId)?.fate;
    if (reason === 'undo_stuck') return 'retry';
    if (reason === 'parcel_already_gone') return 'mark_done';
    if (reason === 'parcel_returned') return fate?.decision;
    if (reason === 'not_handed_over' && fate?.pickUp === 'given_up') return 'refund';
    if (reason === 'not_handed_over' && fate?.pickUp === 'late') return 'wait';
    if (reason === 'not_delivered' && fate?.end === 'silent_then_decided') {
      return fate.isReportedTwice ? 'refund' : 'wait';
    }
    if (reason === 'delivery_exception' && fate?.end === 'exception_then_decided') {
      return fate.decision === 'reship' ? 'reship' : 'refund';
    }
    return undefined;
  }

  private async stage(orderId: OrderId, kind: string, content: object): Promise<string> {
    const id = typeid('msg').toString();
    const message = { id, kind, orderId, recipient: orderId, body: { changeId: id }, content };
    await storeMessage(this.around.database, message);
    return id;
  }

  private update<Argument>(
    orderId: OrderId,
    definition: UpdateDefinition<unknown, [Argument]>,
    argument: Argument,
    tries?: number,
  ): Promise<void> {
    const speech: Speech = (handle) => handle.executeUpdate(definition, { args: [argument] });
    return this.say(orderId, speech, tries);
  }

  private async say(orderId: OrderId, speak: Speech, tries = mostTries): Promise<void> {
    try {
      await speak(this.around.client.workflow.getHandle(orderId));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || tries <= 1) return;
      await this.around.weather.wait(pauseMs);
      await this.say(orderId, speak, tries - 1);
    }
  }
}

type Speech = (handle: WorkflowHandle) => Promise<unknown>;

/** Codes of which one knows by their digest whether they are right. */
export const plainCodes: Codes = {
  issue: (_orderId, number) =>
    Promise.resolve({
      code: '000000',
      sequence: String(number),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    }),
  check: ({ digest }) =>
    Promise.resolve(
      digest === 'right' ? { kind: 'verified' as const } : { kind: 'wrong' as const, triesLeft: 4 },
    ),
};
