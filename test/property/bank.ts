import type {
  Authorization,
  AuthorizationRequest,
  Capture,
  PaymentGateway,
  CompensationResult,
  VoidedPayment,
} from '../../src/activities/ports.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import type { Fate } from './fate.js';
import type { Weather } from './weather.js';

/** A payment as the bank knows it, amounts in minor units. */
interface Payment {
  readonly paymentId: string;
  readonly orderId: OrderId;
  readonly amountMinor: number;
  status: 'requires_action' | 'authorized' | 'declined' | 'closed';
  readonly captures: Map<string, number>;
  readonly refunds: Map<string, { readonly amountMinor: number; readonly captureKey: string }>;
}

type Asked<Method extends keyof PaymentGateway> = Parameters<PaymentGateway[Method]>[0];

const nothing: CompensationResult = { kind: 'nothing_to_undo' };
const undone: CompensationResult = { kind: 'undone' };

/** Sends an order the outcome of a payment. */
type Report = (orderId: OrderId, paymentId: string, outcome: 'authorized' | 'failed') => void;

/** A bank that keeps its own books: what it took and gave back is true, whatever the orders say. */
export class Bank implements PaymentGateway {
  private readonly payments = new Map<string, Payment>();
  private readonly answers = new Map<string, Authorization>();
  /** Keys under which nothing may happen any more. */
  private readonly barred = new Set<string>();
  private readonly captureCount = new Map<OrderId, number>();

  constructor(
    private readonly fateOf: (orderId: OrderId) => Fate,
    private readonly weather: Weather,
    private readonly report: Report,
  ) {}

  authorize(request: AuthorizationRequest): Promise<Authorization> {
    return this.weather.call('authorize', request.orderId, () => this.decide(request));
  }

  find(paymentId: string): Promise<Authorization> {
    const payment = this.payment(paymentId);
    return this.weather.call('find', payment.orderId, () => stateOf(payment));
  }

  voidAuthorization(request: Asked<'voidAuthorization'>): Promise<VoidedPayment> {
    const { orderId, authorizationKey } = request;
    return this.weather.call('void', orderId, () => {
      this.barred.add(authorizationKey);
      const all = this.paymentsOf(orderId).map((payment) => this.close(payment));
      const refundedMinor = all.reduce((total, { refundedMinor: minor }) => total + minor, 0);
      if (refundedMinor > 0) return { kind: 'refunded', amount: money(refundedMinor, 'EUR') };
      return all.some(({ wasOpen }) => wasOpen) ? undone : nothing;
    });
  }

  capture(request: Asked<'capture'>): Promise<Capture> {
    return this.weather.call('capture', request.orderId, () => this.take(request));
  }

  refund(request: Asked<'refund'>): Promise<CompensationResult> {
    return this.weather.call('refund', request.orderId, () => this.giveBack(request));
  }

  releaseRemainder(request: Asked<'releaseRemainder'>): Promise<CompensationResult> {
    const payment = this.payment(request.paymentId);
    const isOpen = payment.status === 'authorized' && openMinor(payment) > 0;
    payment.status = 'closed';
    return Promise.resolve(isOpen ? undone : nothing);
  }

  settleLate(): Promise<VoidedPayment> {
    return Promise.reject(new Error('No order of this test has ended when its payment comes'));
  }

  /** What the bank has taken and given back for an order, by the key of the capture. */
  booksOf(orderId: OrderId) {
    const payments = this.paymentsOf(orderId);
    const captures = payments.flatMap(({ captures: taken }) => [...taken]);
    const refunds = payments.flatMap((payment) => [...payment.refunds.values()]);
    return {
      captures,
      refunds,
      openMinor: payments.reduce((total, payment) => total + openMinor(payment), 0),
    };
  }

  private decide({ orderId, amount, idempotencyKey, interactive }: AuthorizationRequest) {
    const known = this.answers.get(idempotencyKey);
    if (known !== undefined) return known;
    if (this.barred.has(idempotencyKey)) throw new ProviderRefused('the key is barred');
    const number = this.paymentsOf(orderId).length;
    const drawn = this.fateOf(orderId).authorizations[number] ?? 'approved';
    if (drawn === 'broken') throw new ProviderRefused('no such payment method');
    const payment: Payment = {
      paymentId: `pi_${orderId}_${number + 1}`,
      orderId,
      amountMinor: amount.amountMinor,
      status: 'authorized',
      captures: new Map(),
      refunds: new Map(),
    };
    this.payments.set(payment.paymentId, payment);
    if (drawn === 'declined') payment.status = 'declined';
    else if (drawn !== 'approved') this.ask(payment, drawn, interactive);
    const answer = stateOf(payment);
    this.answers.set(idempotencyKey, answer);
    return answer;
  }

  /** The customer has to answer his bank; the report may be faster than our own answer. */
  private ask(
    payment: Payment,
    answer: 'confirmed' | 'failed' | 'unanswered',
    interactive: boolean,
  ): void {
    payment.status = interactive ? 'requires_action' : 'declined';
    if (!interactive || answer === 'unanswered') return;
    this.weather.later(80, () => {
      if (payment.status !== 'requires_action') return;
      payment.status = answer === 'confirmed' ? 'authorized' : 'declined';
      const outcome = answer === 'confirmed' ? 'authorized' : 'failed';
      this.report(payment.orderId, payment.paymentId, outcome);
    });
  }

  private take(request: Asked<'capture'>): Capture {
    const { orderId, paymentId, amount, idempotencyKey, isPart } = request;
    const payment = this.payment(paymentId);
    if (payment.captures.has(idempotencyKey)) return { kind: 'captured' };
    if (this.barred.has(idempotencyKey)) throw new ProviderRefused('the key is barred');
    if (payment.status === 'authorized') this.meetCaptureFate(orderId, payment);
    if (payment.status !== 'authorized') return { kind: 'authorization_lost' };
    if (amount.amountMinor > openMinor(payment)) throw new ProviderRefused('more than authorized');
    payment.captures.set(idempotencyKey, amount.amountMinor);
    if (!isPart) payment.status = 'closed';
    return { kind: 'captured' };
  }

  private meetCaptureFate(orderId: OrderId, payment: Payment): void {
    const number = this.captureCount.get(orderId) ?? 0;
    this.captureCount.set(orderId, number + 1);
    const drawn = this.fateOf(orderId).captures[number] ?? 'captured';
    if (drawn === 'broken') throw new ProviderRefused('the account is locked');
    if (drawn === 'expired') payment.status = 'closed';
  }

  private giveBack(request: Asked<'refund'>): CompensationResult {
    const { paymentId, amount, captureKey = '', idempotencyKey, scope } = request;
    const payment = this.payments.get(paymentId);
    this.barred.add(captureKey);
    if (payment === undefined) return nothing;
    if (scope === 'order') payment.status = 'closed';
    const capturedMinor = payment.captures.get(captureKey);
    if (capturedMinor === undefined) return nothing;
    if (payment.refunds.has(idempotencyKey)) return undone;
    if (refundedMinorOf(payment, captureKey) + amount.amountMinor > capturedMinor) {
      if (scope === 'order') return undone;
      throw new ProviderRefused('more than is left of what was captured');
    }
    payment.refunds.set(idempotencyKey, { amountMinor: amount.amountMinor, captureKey });
    return undone;
  }

  /** Lets go of what is open, also once more, and gives back what was taken. */
  private close(payment: Payment): { readonly wasOpen: boolean; readonly refundedMinor: number } {
    const wasOpen = payment.status !== 'declined' && payment.captures.size === 0;
    if (payment.status !== 'declined') payment.status = 'closed';
    let refundedMinor = 0;
    for (const [captureKey, capturedMinor] of payment.captures) {
      const amountMinor = capturedMinor - refundedMinorOf(payment, captureKey);
      if (amountMinor > 0) payment.refunds.set(`void:${captureKey}`, { amountMinor, captureKey });
      refundedMinor += amountMinor;
    }
    return { wasOpen, refundedMinor };
  }

  private paymentsOf(orderId: OrderId): readonly Payment[] {
    return [...this.payments.values()].filter((payment) => payment.orderId === orderId);
  }

  private payment(paymentId: string): Payment {
    const payment = this.payments.get(paymentId);
    if (payment === undefined) throw new ProviderRefused(`There is no payment ${paymentId}`);
    return payment;
  }
}

const sumOf = (amounts: Iterable<number>): number =>
  [...amounts].reduce((total, amount) => total + amount, 0);

const openMinor = ({ status, amountMinor, captures }: Payment): number =>
  status === 'authorized' || status === 'requires_action'
    ? amountMinor - sumOf(captures.values())
    : 0;

const refundedMinorOf = ({ refunds }: Payment, captureKey: string): number =>
  sumOf(
    [...refunds.values()]
      .filter((refund) => refund.captureKey === captureKey)
      .map(({ amountMinor }) => amountMinor),
  );

function stateOf({ paymentId, status }: Payment): Authorization {
  switch (status) {
    case 'authorized':
      return { kind: 'authorized', paymentId };
    case 'requires_action':
      return { kind: 'requires_action', paymentId };
    case 'declined':
    case 'closed':
      return { kind: 'declined', code: 'generic_decline' };
  }
}
