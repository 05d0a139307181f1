import {
  add,
  allocate as allocateDinero,
  dinero,
  multiply,
  toDecimal,
  toSnapshot,
  type Dinero,
} from 'dinero.js';
import { CHF, EUR, GBP, JPY, USD } from 'dinero.js/currencies';

const known = { CHF, EUR, GBP, JPY, USD } as const;

/** ISO 4217 code of a currency that we sell in. */
export type Currency = keyof typeof known;

/** An amount in the currency's smallest unit (cents; whole yen). Never a fraction, never negative. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: Currency;
}

export const currencies = Object.keys(known) as readonly Currency[];

/** @throws RangeError when the amount is not a safe whole number of minor units, or below zero. */
export function money(amountMinor: number, currency: Currency): Money {
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0) {
    throw new RangeError(`Not an amount in minor units: ${amountMinor}`);
  }
  return { amountMinor, currency };
}

/** @throws RangeError when the quantity is fractional or negative, or the result is too large. */
export const times = (unit: Money, quantity: number): Money =>
  fromDinero(multiply(toDinero(unit), quantity), unit.currency);

/** @throws Error when the amounts are of different currencies. */
export const sum = (amounts: readonly Money[], currency: Currency): Money =>
  amounts.reduce(
    (total, amount) => fromDinero(add(toDinero(total), toDinero(amount)), currency),
    money(0, currency),
  );

/** What the parts are worth together. @throws Error when they are of different currencies. */
export const totalOf = (parts: readonly { readonly amount: Money }[], currency: Currency): Money =>
  sum(
    parts.map(({ amount }) => amount),
    currency,
  );

/** @throws RangeError when the part is more than the amount. */
export const less = (amount: Money, part: Money): Money =>
  money(amount.amountMinor - part.amountMinor, amount.currency);

/**
 * Shares an amount out in proportion to the weights, by largest remainder: the shares add up to the
 * amount. @throws RangeError when no weight is above zero
 */
export function allocate(amount: Money, weights: readonly number[]): readonly Money[] {
  if (!weights.some((weight) => weight > 0)) throw new RangeError('No weight is above zero');
  return allocateDinero(toDinero(amount), [...weights]).map((share) =>
    fromDinero(share, amount.currency),
  );
}

/** `42.00 EUR`, `4200 JPY`: for people and summaries, never for arithmetic. */
export const formatMoney = (amount: Money): string =>
  `${toDecimal(toDinero(amount))} ${amount.currency}`;

/** Whole currency units, rounded down. */
export function wholeUnits({ amountMinor, currency }: Money): number {
  return Math.floor(amountMinor / 10 ** known[currency].exponent);
}

function toDinero({ amountMinor, currency }: Money): Dinero<number> {
  return dinero({ amount: amountMinor, currency: known[currency] });
}

function fromDinero(value: Dinero<number>, currency: Currency): Money {
  return money(toSnapshot(value).amount, currency);
}
