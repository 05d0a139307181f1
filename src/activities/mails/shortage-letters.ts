import type { ShortageDecision } from '../../domain/policy.js';
import { pickedGoods, shortGoods } from './goods.js';
import { paragraphs, type Block, type Content } from './letter.js';
import { byDeadline, orderLink, timeOf, type Matter } from './matter.js';

export const shortageQuestion = (matter: Matter): Content => ({
  subject: `Please decide: goods of your order ${matter.order.orderId} are sold out`,
  headline: 'Some of your goods are sold out',
  blocks: questionBlocks(matter),
});

export const shortageReminder = (matter: Matter): Content => ({
  subject: `Reminder: please decide about your order ${matter.order.orderId}`,
  headline: 'Your order still waits for your decision',
  blocks: questionBlocks(matter),
});

export const backordered = (matter: Matter): Content => ({
  subject: `Your order ${matter.order.orderId} waits for goods`,
  headline: 'Your order waits for goods',
  blocks: [
    ...paragraphs('Some of your goods are not there yet. We send your order as soon as they are.'),
    ...missingGoods(matter),
    ...paragraphs(
      byDeadline(
        matter.data.until,
        (time) => `We wait for them until ${time}. If they are not there by then, we tell you.`,
      ),
      'You pay nothing while you wait, and you can cancel at any time.',
    ),
    ...orderLink(matter),
  ],
});

const questionBlocks = (matter: Matter): readonly Block[] => [
  ...paragraphs('We are sorry: not everything that you ordered is there.'),
  ...missingGoods(matter),
  ...paragraphs(
    'You can choose: we send what is there, we wait until the rest has come, or we cancel the order.',
    deadlineOf(matter),
  ),
  ...orderLink(matter, 'Decide now'),
];

const missingGoods = ({ order, data }: Matter): readonly Block[] =>
  data.short === undefined ? pickedGoods(order, data.lines) : [shortGoods(order, data.short)];

const decisions: Readonly<Record<ShortageDecision, string>> = {
  cancel: 'we cancel the order, and it costs you nothing.',
  ship_available: 'we send what is there, and you pay for that alone.',
  wait: 'we wait for the rest.',
};

function deadlineOf({ data: { until, otherwise } }: Matter): string | undefined {
  if (until === undefined) return undefined;
  const ask = `Please tell us by ${timeOf(until)}.`;
  return otherwise === undefined
    ? ask
    : `${ask} If we do not hear from you, ${decisions[otherwise]}`;
}
