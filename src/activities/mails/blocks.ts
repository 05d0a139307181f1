import { formatMoney } from '../../domain/money.js';
import type { PaymentStatus } from '../../domain/order-state.js';
import type { ShortageDecision } from '../../domain/policy.js';
import { riskRules } from '../../domain/risk.js';
import { missingGoods } from './goods.js';
import type { MailContext } from './mail-context.js';
import type { Block } from './render.js';

type Label = readonly [label: string, value: string | undefined];

/** A list of labels and values; what has no value is left out, and so is an empty list. */
export function details(...entries: readonly Label[]): Block | undefined {
  const given = entries.flatMap(([label, value]) => (value === undefined ? [] : { label, value }));
  return given.length === 0 ? undefined : { kind: 'details', details: given };
}

export const parcelDetails = ({ data }: MailContext): readonly Label[] => [
  ['Carrier', data.carrier],
  ['Tracking number', data.trackingNumber],
];

const link = (label: string, url: string | undefined): Block | undefined =>
  url === undefined ? undefined : { kind: 'link', label, url };

export const orderLink = ({ order, shop }: MailContext, label = 'See your order') =>
  link(label, shop.orderPage(order.orderId));

/** The carrier's own page, else ours. */
export const trackingLink = ({ data, order, shop }: MailContext) =>
  link('Follow your parcel', data.trackingUrl ?? shop.orderPage(order.orderId));

const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'long' });
const weekday = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long' });

/** `Saturday, 21 November 2026, 14:05 UTC` */
export function timeOf(instant: string): string {
  const time = new Date(instant);
  const clock = time.toISOString().slice(11, 16);
  return `${weekday.format(time)}, ${day.format(time)}, ${clock} UTC`;
}

/** The sentence with the deadline, or none where there is no deadline. */
export const byDeadline = (
  { data: { until } }: MailContext,
  sentence: (time: string) => string,
): string | undefined => until && sentence(timeOf(until));

export const heldUntil = (m: MailContext) =>
  byDeadline(
    m,
    (time) => `Your goods are set aside until ${time}. After that the order ends, at no cost.`,
  );

/** The amount that the mail is about; undefined when there is none, or it is nothing. */
export const amountOf = ({ data: { amount } }: MailContext): string | undefined =>
  amount === undefined || amount.amountMinor === 0 ? undefined : formatMoney(amount);

export const due = ({ order, data }: MailContext): string =>
  formatMoney(data.amount ?? order.total);

const decisions: Readonly<Record<ShortageDecision, string>> = {
  cancel: 'we cancel the order, and it costs you nothing.',
  ship_available: 'we send what is there, and you pay for that alone.',
  wait: 'we wait for the rest.',
};

export function shortageQuestion(m: MailContext): readonly (Block | undefined)[] {
  const { otherwise } = m.data;
  const silence = otherwise && ` If we do not hear from you, ${decisions[otherwise]}`;
  return [
    'We are sorry: not everything that you ordered is there.',
    missingGoods(m),
    'You can choose: we send what is there, we wait until the rest has come, or we cancel the order.',
    byDeadline(m, (time) => `Please tell us by ${time}.${silence ?? ''}`),
    orderLink(m, 'Decide now'),
  ];
}

/** Left out where there is nothing: nobody asked for it. */
export const suggested = ({ suggestions = [] }: MailContext): string | undefined =>
  suggestions.length === 0
    ? undefined
    : `Others who bought this also bought: ${suggestions.map(({ title }) => title).join(', ')}.`;

/** The explanation of a risk rule. */
export const explained = (reason: string): string =>
  Object.entries(riskRules).find(([name]) => name === reason)?.[1].explanation ?? reason;

export const bankDelay = 'Your bank can take up to 10 days to show it.';
const notCharged = 'You are not charged.';
const released = `${notCharged} What your bank has set aside is free again within a few days.`;
const paidBack = `We pay back what was charged. ${bankDelay}`;

/** What happens to the buyer's money; true at every stage of the compensation. */
export const moneyAfter: Readonly<Record<PaymentStatus, string>> = {
  none: notCharged,
  requires_action: notCharged,
  declined: notCharged,
  authorized: released,
  voided: released,
  captured: paidBack,
  partially_captured: paidBack,
  partially_refunded: paidBack,
  refunded: paidBack,
};
