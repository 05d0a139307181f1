import { commit, type Context } from '../context.js';
import { approve, decline } from './intents.js';
import { paymentIn, paymentIntent, type Payment } from './payment.js';
import { authenticationRequired } from './test-cards.js';

/**
 * Plays the customer who is asked by the bank.
 * @returns the PaymentIntent, or undefined when none with this id waits for the customer.
 */
export function authenticate(
  context: Context,
  id: string,
  outcome: 'succeed' | 'fail',
): Promise<Record<string, unknown> | undefined> {
  return context.locks.exclusive([id], async () => {
    const payment = await find(context, id);
    if (payment?.status !== 'requires_action') return undefined;
    const { change } =
      outcome === 'succeed'
        ? approve(payment, undefined)
        : decline(payment, authenticationRequired, undefined);
    await commit(context, change ?? {});
    const after = await find(context, id);
    return after === undefined ? undefined : paymentIntent(after);
  });
}

async function find(context: Context, id: string): Promise<Payment | undefined> {
  const { objects } = await context.store.load('payments', undefined, [id]);
  return paymentIn(objects);
}
