import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { carrierMilestones } from '../../domain/shipment.js';
import type { Goods } from '../../domain/goods.js';
import type { MessageForm } from '../../domain/message-form.js';
import type { Shipments } from '../../domain/shipments.js';
import { isBeforePayment, type OrderCommand } from '../../domain/commands.js';
import { StepFailed } from '../kit/activities.js';
import { assertAccepted, assertWellFormed, onSignal, onUpdate, refusal } from '../kit/handlers.js';
import type { OrderRecorder } from '../kit/recorder.js';
import {
  approveOrderUpdate,
  carrierEventSignal,
  changeAddressUpdate,
  decideShortageUpdate,
  paymentEventSignal,
  retryPaymentUpdate,
  stockArrivedSignal,
  type AddressAnswer,
  type Approval,
  type OrderSummary,
  type PaymentEvent,
  type ShortageAnswer,
  type StagedChange,
} from '../messages.js';

/** The messages that one stage of the order waits for, and takes once. */
interface Answers {
  approval?: Approval | undefined;
  shortage?: ShortageAnswer | undefined;
  paymentMethod?: StagedChange | undefined;
}

type AnswerOf<Name extends keyof Answers> = NonNullable<Answers[Name]>;

interface AnswerHandler<Name extends keyof Answers> {
  readonly definition: UpdateDefinition<OrderSummary, [AnswerOf<Name>]>;
  readonly form: MessageForm;
  readonly description: string;
}

const stagedChange = { changeId: 'text', by: 'text' } as const;

/** What people and providers said to the order, until it needs it. */
export class OrderInbox {
  readonly answers: Answers = {};
  private readonly confirmed = new Set<object>();
  addressChanges = 0;
  stockArrivals = 0;
  private readonly paymentEvents: PaymentEvent[] = [];
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly recorder: OrderRecorder,
    private readonly shipments: Shipments,
    private readonly goods: Goods,
  ) {
    this.registerSignals();
    this.registerAnswers();
    this.registerAddressChanges();
  }

  /** How often a provider has reported on this payment; each event counts once. */
  eventsOf(paymentId: string): number {
    const ids = this.paymentEvents
      .filter((event) => event.paymentId === paymentId)
      .map(({ eventId }) => eventId);
    return new Set(ids).size;
  }

  /** The answer has had its effect; only then is the one who gave it told so. */
  confirm(answer: object | undefined): void {
    if (answer !== undefined) this.confirmed.add(answer);
  }

  /** Carries out a message while the order goes on; the order's compensation waits for its end. */
  async handle<T>(work: () => Promise<T>): Promise<T> {
    const running = CancellationScope.nonCancellable(work);
    this.underWay.add(running);
    try {
      return await running;
    } catch (error) {
      // Any other error than Temporal's own would hold up the whole order, and not just the message.
      throw error instanceof StepFailed ? refusal(this.recorder, error.message) : error;
    } finally {
      this.underWay.delete(running);
    }
  }

  /** Waits until nothing is done for a message any more. */
  async allHandled(): Promise<void> {
    await condition(() => this.underWay.size === 0);
  }

  private registerSignals(): void {
    onSignal(
      carrierEventSignal,
      { eventId: 'text', shipmentId: 'text', milestone: carrierMilestones },
      (event) => {
        this.shipments.receive(event);
      },
    );
    const outcome = ['authorized', 'failed'] as const;
    onSignal(paymentEventSignal, { eventId: 'text', paymentId: 'text', outcome }, (event) => {
      this.paymentEvents.push(event);
    });
    setHandler(stockArrivedSignal, () => {
      this.stockArrivals += 1;
    });
  }

  private registerAnswers(): void {
    this.register('approval', {
      definition: approveOrderUpdate,
      form: { decision: ['approve', 'reject'], by: 'text', reason: 'text' },
      description: 'Approve or reject',
    });
    this.register('shortage', {
      definition: decideShortageUpdate,
      form: { decision: ['cancel', 'ship_available', 'wait'], by: 'text' },
      description: 'Decide what happens to goods that are missing',
    });
    this.register('paymentMethod', {
      definition: retryPaymentUpdate,
      form: stagedChange,
      description: 'Pay with another method',
    });
  }

  private register<Name extends keyof Answers>(
    name: Name,
    { definition, form, description }: AnswerHandler<Name>,
  ): void {
    const { recorder, answers } = this;
    onUpdate(definition, description, {
      check: (message) => {
        assertWellFormed(recorder, message, form);
        assertAccepted(recorder, definition.name as OrderCommand);
        const earlier = answers[name];
        if (earlier) throw refusal(recorder, `${earlier.by} has decided already`);
      },
      handle: async (message) => {
        answers[name] = message;
        const isOver = () => ['undo', 'done'].includes(recorder.state.stage);
        await condition(() => this.confirmed.has(message) || isOver());
        // A cancel or a deadline may have been first.
        if (!this.confirmed.has(message)) throw refusal(recorder, 'It came too late');
        return recorder.summary();
      },
    });
  }

  private registerAddressChanges(): void {
    const { recorder } = this;
    onUpdate(changeAddressUpdate, 'Send the order elsewhere', {
      check: (change) => {
        assertWellFormed(recorder, change, stagedChange);
        assertAccepted(recorder, 'changeAddress');
      },
      handle: (change) => this.handle(() => this.changeAddress(change)),
    });
  }

  private async changeAddress({ changeId, by }: StagedChange): Promise<AddressAnswer> {
    const { recorder, goods } = this;
    const mayReprice = isBeforePayment(recorder.state);
    const payload = { changeId, by, mayReprice, total: goods.total };
    const change = await recorder.perform('changeAddress', payload, 'Send the order elsewhere');
    if (change.kind === 'price_would_change') return change;
    this.addressChanges += 1;
    goods.reprice(change.total, change.shipping);
    return { kind: 'changed', total: change.total };
  }
}
