import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import {
  approveOrderUpdate,
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
} from './messages.js';
import { StepFailed } from './dispatch.js';
import type { Journey } from './journey.js';
import { demandLegible, whenLegible } from './legible.js';
import { demand, refuse } from './refusal.js';

/** What people and the world outside have told the order, for whoever waits for it. */
export class Customer {
  approval: Approval | undefined;
  shortageAnswer: ShortageAnswer | undefined;
  paymentMethod: StagedChange | undefined;
  addressChanges = 0;
  stockArrivals = 0;
  private readonly paymentEvents: PaymentEvent[] = [];
  private readonly atWork = new Set<Promise<unknown>>();

  constructor(private readonly journey: Journey) {
    this.hearApprovals();
    this.hearDecisions();
    this.hearPaymentMethods();
    this.hearAddresses();
    setHandler(stockArrivedSignal, () => {
      this.stockArrivals += 1;
    });
    setHandler(
      paymentEventSignal,
      whenLegible<PaymentEvent>(['eventId', 'paymentId'], (event) => {
        this.paymentEvents.push(event);
      }),
    );
  }

  /** How often a provider has reported on this payment; each event counts once. */
  eventsOf(paymentId: string): number {
    const ids = this.paymentEvents
      .filter((event) => event.paymentId === paymentId)
      .map(({ eventId }) => eventId);
    return new Set(ids).size;
  }

  /** Does something for a message, while the order goes on; its undoing waits for the end of it. */
  async whileAtWork<T>(work: () => Promise<T>): Promise<T> {
    const running = CancellationScope.nonCancellable(work);
    this.atWork.add(running);
    try {
      return await running;
    } catch (error) {
      // Any other error than Temporal's own would hold up the whole order, and not just the message.
      throw error instanceof StepFailed ? refuse(this.journey.life, error.message) : error;
    } finally {
      this.atWork.delete(running);
    }
  }

  /** Waits until nothing is done for a message any more. */
  async settled(): Promise<void> {
    await condition(() => this.atWork.size === 0);
  }

  private hearApprovals(): void {
    const { life } = this.journey;
    setHandler<OrderSummary, [Approval], typeof approveOrderUpdate>(
      approveOrderUpdate,
      async (approval) => {
        this.approval = approval;
        await condition(() => life.state.stage !== 'approve');
        return life.summary();
      },
      {
        validator: (approval) => {
          demandLegible(life, approval, 'decision', 'by', 'reason');
          demand(life, 'approveOrder');
          if (this.approval !== undefined) throw refuse(life, alreadyDecided(this.approval.by));
        },
        description: 'Approve or reject',
      },
    );
  }

  private hearDecisions(): void {
    const { life } = this.journey;
    setHandler<OrderSummary, [ShortageAnswer], typeof decideShortageUpdate>(
      decideShortageUpdate,
      async (answer) => {
        this.shortageAnswer = answer;
        await condition(() => life.state.stage !== 'decide_shortage');
        return life.summary();
      },
      {
        validator: (answer) => {
          demandLegible(life, answer, 'decision', 'by');
          demand(life, 'decideShortage');
          if (this.shortageAnswer !== undefined) {
            throw refuse(life, alreadyDecided(this.shortageAnswer.by));
          }
        },
        description: 'Decide what happens to goods that are missing',
      },
    );
  }

  private hearPaymentMethods(): void {
    const { life } = this.journey;
    setHandler<OrderSummary, [StagedChange], typeof retryPaymentUpdate>(
      retryPaymentUpdate,
      async (change) => {
        this.paymentMethod = change;
        await condition(() => life.state.stage !== 'retry_payment');
        return life.summary();
      },
      {
        validator: (change) => {
          demandLegible(life, change, 'changeId', 'by');
          demand(life, 'retryPayment');
          if (this.paymentMethod !== undefined) {
            throw refuse(life, alreadyDecided(this.paymentMethod.by));
          }
        },
        description: 'Pay with another method',
      },
    );
  }

  private hearAddresses(): void {
    const { life } = this.journey;
    setHandler<AddressAnswer, [StagedChange], typeof changeAddressUpdate>(
      changeAddressUpdate,
      (change) => this.whileAtWork(() => this.changeAddress(change)),
      {
        validator: (change) => {
          demandLegible(life, change, 'changeId', 'by');
          demand(life, 'changeAddress');
        },
        description: 'Send the order elsewhere',
      },
    );
  }

  private async changeAddress({ changeId, by }: StagedChange): Promise<AddressAnswer> {
    const { life, total } = this.journey;
    demand(life, 'changeAddress');
    const mayReprice = beforePayment.has(life.state.stage);
    const payload = { changeId, by, mayReprice, total };
    const change = await life.perform('changeAddress', payload, 'Send the order elsewhere');
    if (change.kind === 'price_would_change') return change;
    this.addressChanges += 1;
    this.journey.shipping = change.shipping;
    this.journey.total = change.total;
    return { kind: 'changed', total: change.total };
  }
}

const beforePayment: ReadonlySet<string> = new Set([
  'approve',
  'confirm_code',
  'reserve_inventory',
  'await_stock',
  'decide_shortage',
]);

const alreadyDecided = (by: string): string => `${by} has decided already`;
