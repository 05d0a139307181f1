/** What happens side by side: each list in its order, the lists in any. */
interface SideBySide {
  readonly sideBySide: readonly (readonly string[])[];
}

export type Step = string | SideBySide;

/** Where an order stands at the end of its example. */
export interface Standing {
  readonly status: string;
  readonly payment_status: string;
  readonly fulfillment_status: string;
}

/** How an example ends, and its facts, written as `labelOf` shows them. */
export interface Expected extends Standing {
  /** The main line of the order. */
  readonly line: readonly Step[];
  /** What happens beside the main line, in any order: mails, scans, partners, points. */
  readonly beside: readonly string[];
  /** What a quick end may prevent. */
  readonly maybe?: readonly string[];
  /** The payment provider's ledger, in any order. */
  readonly payments: readonly string[];
}

const besideTypes = [
  'mail.sent',
  'confirmation.sent',
  'cancellation.sent',
  'seller.notified',
  'shipment.scanned',
  'delivery_partner.offered',
  'delivery_partner.declined',
  'delivery_partner.assigned',
  'delivery_partner.unavailable',
  'points.awarded',
];

const isBeside = (label: string): boolean => besideTypes.includes(label.split(' ')[0] ?? '');

/** @returns whether the facts of a timeline, as labels, are those that were described */
export function isAsDescribed(labels: readonly string[], expected: Expected): boolean {
  const main = labels.filter((label) => !isBeside(label));
  const beside = without(labels.filter(isBeside), expected.maybe ?? []);
  return follows(main, expected.line) && isSameBag(beside, expected.beside);
}

/** What is described and did not happen, and what happened and is not described. */
export function differences(labels: readonly string[], expected: Expected): readonly string[] {
  const { line, beside, maybe = [] } = expected;
  const described = [...line.flatMap(namesIn), ...beside];
  const lacking = without(described, labels).map((label) => `missing: ${label}`);
  const surplus = without(labels, [...described, ...maybe]).map(
    (label) => `not described: ${label}`,
  );
  const all = [...lacking, ...surplus];
  return all.length > 0 ? all : ['the facts are those that were described, in another order'];
}

export const isSameBag = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && without(some, others).length === 0;

const namesIn = (step: Step): readonly string[] =>
  typeof step === 'string' ? [step] : step.sideBySide.flat();

function without(labels: readonly string[], taken: readonly string[]): readonly string[] {
  const left = [...taken];
  return labels.filter((label) => {
    const index = left.indexOf(label);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function follows(labels: readonly string[], line: readonly Step[]): boolean {
  const [step, ...rest] = line;
  if (step === undefined) return labels.length === 0;
  const length = namesIn(step).length;
  const here = labels.slice(0, length);
  const fits = typeof step === 'string' ? here[0] === step : isInterleaved(here, step.sideBySide);
  return fits && follows(labels.slice(length), rest);
}

/** @returns whether the labels are the lists, shuffled into each other */
function isInterleaved(labels: readonly string[], lists: readonly (readonly string[])[]): boolean {
  const [label, ...rest] = labels;
  if (label === undefined) return lists.every((list) => list.length === 0);
  return lists.some(
    (list, index) => list[0] === label && isInterleaved(rest, lists.with(index, list.slice(1))),
  );
}
