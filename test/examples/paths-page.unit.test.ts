import { expect, test } from 'vitest';
import { examples } from '../../examples/catalogue.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { pathsPage } from './paths-page.js';

test('docs/paths.md is what the examples are compared with; npm run docs:paths writes it anew', async () => {
  await expect(await pathsPage()).toMatchFileSnapshot('../../docs/paths.md');
});

test('every example has a name of its own', () => {
  const names = examples.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

const { demo, standard } = serviceLevels;
const seconds = (ms: number) => `${ms / 1_000} seconds`;
const hours = (ms: number) => ms / 3_600_000;

test.each([
  [
    'approval-expired',
    `${seconds(demo.approval.remindMs)} (${hours(standard.approval.remindMs)} hours`,
    `after ${demo.approval.expireMs / 1_000} the order ends`,
  ],
  [
    'late-parcel',
    `${seconds(demo.handOver.warnMs)} (${hours(standard.handOver.warnMs)} hours`,
    `after ${demo.handOver.escalateMs / 1_000} a person`,
  ],
  ['silent-parcel', `${seconds(demo.delivery.giveUpMs)} it counts as lost`],
  [
    'shortage-question',
    `${seconds(demo.shortage.remindMs)} (${hours(standard.shortage.remindMs)} hours`,
  ],
  [
    'three-d-secure-unanswered',
    `${seconds(demo.payment.confirmMs)} (${hours(standard.payment.confirmMs)} hour`,
  ],
  ['stuck-refund', `${seconds(demo.undoMs)} (${standard.undoMs / 60_000} minutes`],
])('the story of %s gives the deadlines that the code has', (name, ...deadlines) => {
  const { summary, story } = examples.find((example) => example.name === name)!;
  for (const deadline of deadlines) expect(`${summary} ${story}`).toContain(deadline);
});
