import type { Codes } from '../../src/activities/ports.js';
import { judge, triesPerCode } from '../../src/domain/one-time-code.js';
import type { Fakes } from './fakes.js';
import type { PlacedOrder } from './placed-order.js';

/** What the API would make of the code that an order's customer was sent. @param number from 1 */
export const rightCode = ({ handle }: PlacedOrder, number = 1) => ({
  digest: `${handle.workflowId} ${number}`,
});

/** The shop's codes: each order's last one is right, until its tries are used up. */
export const keepsCodes =
  ({ expired = [] }: { readonly expired?: readonly number[] } = {}) =>
  (fakes: Fakes): void => {
    const left = new Map<number, number>();
    fakes.always('checkCode', (request: Parameters<Codes['check']>[0]) => {
      const { orderId, number, digest } = request;
      const code = {
        triesLeft: left.get(number) ?? triesPerCode,
        isExpired: expired.includes(number),
      };
      const verdict = judge(code, digest === `${orderId} ${number}`);
      if (verdict.kind === 'wrong') left.set(number, verdict.triesLeft);
      if (verdict.kind === 'exhausted') left.set(number, 0);
      return verdict;
    });
  };
