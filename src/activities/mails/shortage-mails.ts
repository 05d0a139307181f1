import type { ShortageDecision } from '../../domain/policy.js';
import { pickedGoods, shortGoods } from './goods.js';
import { paragraphs, type Block, type Content } from './content.js';
import { byDeadline, orderLink, timeOf, type MailContext } from './mail-context.js';

export const shortageQuestion = (context: MailContext): Content => ({
  subject: `Please decide: goods of your order ${context.order.orderId} are sold out`,
  headline: 'Some of your goods are sold out',
  blocks: questionBlocks(context),
});

export const shortageReminder = (context: MailContext): Content => ({
  subject: `Reminder: please decide about your order ${context.order.orderId}`,
  headline: 'Your order still waits for your decision',
  blocks: questionBlocks(context),
});

export const backordered = (context: MailContext): Content => ({
  subject: `Your order ${context.order.orderId} waits for goods`,
  headline: 'Your order waits for goods',
  blocks: [
    ...paragraphs('Some of your goods are not there yet. We send your order as soon as they are.'),
    ...missingGoods(context),
    ...paragraphs(
      byDeadline(
        context.data.until,
        (time) => `We wait for them until ${time}. If they are not there by then, we tell you.`,
      ),
      'You pay nothing while you wait, and you can cancel at any time.',
    ),
    ...orderLink(context),
  ],
});

const questionBlocks = (context: MailContext): readonly Block[] => [
  ...paragraphs('We are sorry: not everything that you ordered is there.'),
  ...missingGoods(context),
  ...paragraphs(
    'You can choose: we send what is there, we wait until the rest has come, or we cancel the order.',
    deadlineOf(context),
  ),
  ...orderLink(context, 'Decide now'),
];

const missingGoods = ({ order, data }: MailContext): readonly Block[] =>
  data.short === undefined ? pickedGoods(order, data.lines) : [shortGoods(order, data.short)];

const decisions: Readonly<Record<ShortageDecision, string>> = {
  cancel: 'we cancel the order, and it costs you nothing.',
  ship_available: 'we send what is there, and you pay for that alone.',
  wait: 'we wait for the rest.',
};

function deadlineOf({ data: { until, otherwise } }: MailContext): string | undefined {
  if (until === undefined) return undefined;
  const ask = `Please tell us by ${timeOf(until)}.`;
  return otherwise === undefined
    ? ask
    : `${ask} If we do not hear from you, ${decisions[otherwise]}`;
}
