import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CloudEvent } from 'cloudevents';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue, eventGroups, eventTypes } from '../../src/events/catalogue/catalogue.js';
import { brokenPromises } from '../../src/events/catalogue/compatibility.js';
import { envelopeSchema, publishedSchemas } from '../../src/events/catalogue/json-schema.js';
import { eventDocuments, readReleased } from '../../tools/event-documents.mjs';
import { factSamples } from '../domain/fact-samples.js';
import { eventOf } from '../events/catalogue/event-samples.js';
import { fencesOf, readText, repositoryPath } from './pages.js';

const events = {
  catalogue,
  groups: eventGroups,
  envelope: envelopeSchema(),
  schemas: publishedSchemas(),
};
const released = readReleased(readText);
const current = Object.fromEntries(
  events.schemas.map(({ type, version, schema }) => [`${type}/${version}`, schema]),
);
const print = (changes: Partial<typeof events>) =>
  eventDocuments({ ...events, ...changes }, released, brokenPromises);

test('docs/events.md and docs/events are printed from the catalogue by `npm run docs:events`', async () => {
  const documents = await print({});
  expect(Object.keys(documents)).toHaveLength(3 + events.schemas.length);
  for (const [file, text] of Object.entries(documents)) expect(readText(file), file).toBe(text);
  const files = events.schemas.map(({ type, version }) => `${type}.${version}.json`);
  expect(readdirSync(join(repositoryPath, 'docs/events/schemas')).sort()).toEqual(files.sort());
});

test('the catalogue keeps every released version of an event, and each version is on record', () => {
  expect(brokenPromises(released, current)).toEqual([]);
  expect(Object.keys(released)).toEqual(expect.arrayContaining(Object.keys(current)));
});

test('a released member of an event that is gone is named, and no document is printed', async () => {
  const schemas = events.schemas.map((published) => {
    if (published.type !== 'order.placed') return published;
    const members = Object.entries(published.schema['properties'] as object);
    const properties = Object.fromEntries(members.filter(([name]) => name !== 'total'));
    return { ...published, schema: { ...published.schema, properties } };
  });
  await expect(print({ schemas })).rejects.toThrow('order.placed/1: data.total is gone');
});

test('a released version of an event stays on record when a version is added', async () => {
  const second = { type: 'order.placed' as const, version: 2, schema: { type: 'object' } };
  const documents = await print({ schemas: [...events.schemas, second] });
  const record = JSON.parse(documents['docs/events/released.json']!) as object;
  expect(record).toMatchObject({ ...released, 'order.placed/2': { type: 'object' } });
});

const asyncapi = readText('docs/events/asyncapi.yaml');

test(
  'docs/events/asyncapi.yaml passes the AsyncAPI parser, which finds faults elsewhere',
  { timeout: 60_000 },
  async () => {
    expect(await new Parser().validate(asyncapi)).toEqual([]);
    const bare = 'asyncapi: 3.1.0\ninfo: { title: Events }\noperations: { x: { action: shout } }';
    expect(await new Parser().validate(bare)).not.toEqual([]);
  },
);

const ajv = addFormats.default(new Ajv2020({ strict: false }));
ajv.addSchema(parse(asyncapi) as object, 'asyncapi');

test.each(eventTypes)(
  'docs/events has the message %s as it is sent, in a table and as a schema',
  (type) => {
    const pointer = `asyncapi#/components/messages/${type}/payload`;
    const event = eventOf(factSamples[type]);
    const validate = ajv.compile({ $ref: pointer });
    expect(validate(event), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ ...event, type: 'order.vanished' })).toBe(false);
    expect(validate({ ...event, ordersequence: 0 })).toBe(false);
    expect(readText('docs/events.md')).toContain(`| \`${type}\``);
  },
);

test('docs/events.md shows an event that could have been sent', () => {
  const [example] = fencesOf('docs/events.md', 'json');
  const event = JSON.parse(example!) as ReturnType<typeof eventOf>;
  expect(new CloudEvent({ ...event }).validate()).toBe(true);
  const { data, ...around } = eventOf(factSamples['order.placed'], 1);
  expect(event).toMatchObject(around);
  expect(Object.keys(event.data as object)).toEqual(Object.keys(data as object));
  expect(catalogue['order.placed'].data.strict().parse(event.data)).toEqual(event.data);
});
