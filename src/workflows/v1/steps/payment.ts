import type { Authorization, Capture } from '../../../activities/ports.js';
import { formatMoney } from '../../../domain/money.js';
import type { Journey } from '../journey.js';

export function undoAuthorizePayment({ life, undos }: Journey): void {
  const { total: amount } = life.input;
  undos.register('voidAuthorization', () =>
    life.perform('voidAuthorization', { amount }, `Void ${formatMoney(amount)}`),
  );
}

export async function authorizePayment(journey: Journey): Promise<Authorization> {
  const { life, undos } = journey;
  const { total: amount } = life.input;
  undoAuthorizePayment(journey);
  const summary = `Authorize ${formatMoney(amount)}`;
  const authorization = await life.perform('authorizePayment', { amount }, summary);
  if (authorization.kind === 'declined') undos.forget('voidAuthorization');
  return authorization;
}

export async function capturePayment(
  { life, undos, shipmentId }: Journey,
  paymentId: string,
): Promise<Capture> {
  const { total: amount } = life.input;
  const payment = { amount, paymentId, shipmentId };
  undos.register('refundPayment', () =>
    life.perform('refundPayment', payment, `Refund ${formatMoney(amount)}`),
  );
  const capture = await life.perform('capturePayment', payment, `Capture ${formatMoney(amount)}`);
  // Captured: the authorization is used up. Lost: there is neither a capture nor an authorization.
  undos.forget('voidAuthorization');
  if (capture.kind === 'authorization_lost') undos.forget('refundPayment');
  return capture;
}
