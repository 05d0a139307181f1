import { expect, test } from 'vitest';
import { beyondChoreography } from '../../src/api/choreographed-order.js';
import { services } from '../../src/choreography/services.js';
import { servicesConfig } from '../../src/config.js';
import type { NewOrder } from '../../src/db/acceptance.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { serviceNames } from '../../src/domain/services.js';
import { eventTypes } from '../../src/events/catalogue/catalogue.js';
import { fencesOf, readText, rowsIn } from './pages.js';

const page = 'docs/choreography.md';
const text = readText(page);
const rows = rowsIn(text);

/** `<event> -> <service>` of every service but `order`, which reacts to everything. */
const reactions = serviceNames
  .filter((name) => name !== 'order')
  .flatMap((name) => Object.keys(services[name].reactions).map((type) => `${type} -> ${name}`));

test(`${page} says which service reacts to which event`, () => {
  const listed = rows.flatMap(([event, service]) =>
    serviceNames.some((name) => name === service) ? [`${event!} -> ${service!}`] : [],
  );
  expect(listed.sort()).toEqual([...reactions, 'every event -> order'].sort());
  expect(Object.keys(services.order.reactions).sort()).toEqual([...eventTypes].sort());
});

test(`${page} says in how many groups each service works, and what it may look at`, () => {
  const listed = rows.filter(([name, groups]) => name! in services && /^\d+$/.test(groups!));
  const expected = serviceNames.map((name) => {
    const { partitions, requiredFacts } = services[name];
    const isAll = requiredFacts.length === eventTypes.length;
    return [name, String(partitions), isAll ? 'all of them' : requiredFacts.join(', ')];
  });
  expect(listed).toEqual(expected);
});

test(`${page} draws only events that exist, and only to services that react to them`, () => {
  const drawings = fencesOf(page, 'mermaid');
  expect(drawings).toHaveLength(2);
  const arrows = drawings.flatMap((drawing) =>
    [...drawing.matchAll(/-->\|(.+?)\| ([\w-]+)/g)].flatMap(([, label, service]) =>
      label!.split(', ').map((event) => ({ event, service: service! })),
    ),
  );
  const drawn = arrows.filter(({ service }) => service in services && service !== 'order');
  expect(drawn.length).toBeGreaterThan(10);
  const events = drawn.map(({ event, service }) => `${event} -> ${service}`);
  expect(events.filter((arrow) => !reactions.includes(arrow))).toEqual([]);
  const types: readonly string[] = eventTypes;
  const named = arrows.map(({ event }) => event).filter((event) => event.includes('.'));
  expect(named.filter((event) => !types.includes(event))).toEqual([]);
});

const { confirmMs, retryMs } = standardServiceLevel.payment;
const { SERVICES_MAX_ATTEMPTS: attempts, SERVICES_RETRY_CAP_MS: capMs } = servicesConfig({
  DATABASE_URL: 'postgres://127.0.0.1/orders',
  STRIPE_API_KEY: 'sk_test_sandbox',
  EASYPOST_API_KEY: 'EZTKsandbox',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  ORDER_CODE_SECRET: 'sixteen characters and more',
});

test.each([
  [page, `for ${(confirmMs + retryMs) / 3_600_000} hours`],
  [page, `\`SERVICES_MAX_ATTEMPTS\` (${attempts})`],
  [page, `up to every ${capMs / 1_000} seconds`],
  ['docs/try-choreography.md', `After ${attempts} tries`],
])('%s gives the time or the limit of the services: %s', (where, limit) => {
  expect(readText(where)).toContain(limit);
});

test(`${page} says what in a request is refused`, () => {
  const refused = beyondChoreography({
    coordination: 'choreographed',
    verification: { approval: ['large_amount'], code: [] },
    policy: {
      shortage: 'ask',
      shipmentFailure: 'refund_shipment',
      lostParcel: 'reship',
      pointsAt: 'confirmed',
    },
  } as Partial<NewOrder> as NewOrder);
  const members = refused.map(({ pointer }) => pointer?.slice(1));
  expect(members).toHaveLength(4);
  const table = rowsIn(text.split('## What a choreographed order cannot do')[1]!);
  expect(table.slice(2).map(([member]) => member)).toEqual(members);
  for (const { code } of refused) expect(text).toContain(`\`${code}\``);
});
