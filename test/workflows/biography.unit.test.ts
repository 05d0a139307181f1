import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { undoOf, type StepName } from '../../src/domain/saga.js';

const folder = fileURLToPath(new URL('../../src/workflows/', import.meta.url));
const textOf = (file: string): string => readFileSync(`${folder}${file}`, 'utf8');
const linesOf = (file: string): number => textOf(file).split('\n').length - 1;

const functions = textOf('order.ts')
  .replaceAll(/\s+/g, ' ')
  .split(/(?=async function |function )/);
const bodyOf = (name: string): string =>
  functions.find((text) => new RegExp(`function ${name}\\b`).test(text)) ?? '';

/** What an order does on its way forward, as it stands there, in the order in which it runs. */
const history = bodyOf('fulfill').replace('announce(order);', bodyOf('announce'));

const step = (name: string, compensation: string): RegExp =>
  new RegExp(
    `saga\\.step\\(\\(\\) => ${name}\\([^)]*\\), \\{ compensation: ${compensation}\\([^)]*\\),? \\}\\)`,
  );
const beside = (name: string): string =>
  `background\\.run\\('${name}', \\(\\) => ${name}\\(order\\)\\);`;
const besideWith = (name: string, compensation: string): RegExp =>
  new RegExp(`saga\\.compensations\\.register\\(${compensation}\\(order\\)\\); ${beside(name)}`);

/** How each step stands beside what takes it back. */
const pairs: Readonly<Record<StepName, RegExp>> = {
  reserveInventory: step('reserveInventory', undoOf.reserveInventory),
  authorizePayment: step('authorizePayment', undoOf.authorizePayment),
  sendOrderConfirmation: new RegExp(beside('sendOrderConfirmation')),
  notifySeller: new RegExp(beside('notifySeller')),
  assignDeliveryPartner: besideWith('assignDeliveryPartner', undoOf.assignDeliveryPartner),
  awardPoints: besideWith('awardPoints', undoOf.awardPoints),
  // One compensation for both: only a parcel whose label is void is refunded.
  createShipment: step('buyLabel', 'voidLabelThenRefund'),
  capturePayment: /\?\? \(await capturePayment\([^)]*\)\) \?\? \(await handOver\(/,
};

describe('the biography of an order', () => {
  test.each(Object.entries(pairs))('shows %s together with its compensation', (_step, pair) => {
    expect(history).toMatch(pair);
  });

  test('shows its steps in the order in which they run', () => {
    const inStory = Object.entries(pairs).map(
      ([name, pair]) => [name, history.search(pair)] as const,
    );
    const shown = inStory.toSorted(([, one], [, other]) => one - other).map(([name]) => name);
    expect(shown).toEqual(Object.keys(undoOf));
  });

  test('knows no step that the saga does not know', () => {
    const steps = [...history.matchAll(/saga\.step\(|background\.run\(/g)];
    const named = Object.values(pairs).filter(({ source }) => /saga|background/.test(source));
    expect(steps).toHaveLength(named.length);
  });

  test('fits on one screen, and all workflows on a few dozen', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const all = files.filter((file) => file.endsWith('.ts')).map(linesOf);
    expect(linesOf('order.ts')).toBeLessThanOrEqual(130);
    expect(all.reduce((total, lines) => total + lines, 0)).toBeLessThanOrEqual(3_200);
  });
});
