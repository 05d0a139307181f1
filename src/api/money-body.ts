import type { Currency, Money } from '../domain/money.js';

/** An amount as it goes over the wire. */
export interface MoneyBody {
  /** In the currency's smallest unit. */
  readonly amount: number;
  readonly currency: Currency;
}

export const moneyBody = ({ amountMinor, currency }: Money): MoneyBody => ({
  amount: amountMinor,
  currency,
});
