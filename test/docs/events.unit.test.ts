import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CloudEvent } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue, eventTypes } from '../../src/events/catalogue/catalogue.js';
import { brokenPromises } from '../../src/events/catalogue/compatibility.js';
import { envelopeSchema } from '../../src/events/catalogue/envelope.js';
import { publishedSchemas } from '../../src/events/catalogue/json-schema.js';
import { eventDocuments, readReleased } from '../../tools/event-documents.mjs';
import { factSamples } from '../domain/fact-samples.js';
import { eventOf } from '../events/catalogue/event-samples.js';
import { fencesOf, readText, repositoryPath } from './pages.js';

const events = { catalogue, envelope: envelopeSchema(), schemas: publishedSchemas() };
const released = readReleased(readText);
const byName = (schemas: typeof events.schemas) =>
  Object.fromEntries(schemas.map(({ type, version, schema }) => [`${type}/${version}`, schema]));

describe('docs/events.md and docs/events are what the catalogue says', () => {
  test('in each file; `npm run docs:events` prints them again', async () => {
    const documents = await eventDocuments(events, released, brokenPromises);
    expect(Object.keys(documents)).toHaveLength(3 + events.schemas.length);
    for (const [file, text] of Object.entries(documents)) expect(readText(file), file).toBe(text);
  });

  test('with no schema of anything else', () => {
    const files = events.schemas.map(({ type, version }) => `${type}.${version}.json`);
    expect(readdirSync(join(repositoryPath, 'docs/events/schemas')).sort()).toEqual(files.sort());
  });

  test('and would be others if it said something else', async () => {
    const changed = { ...catalogue, 'order.placed': { version: 1, meaning: 'An order came.' } };
    const documents = await eventDocuments({ ...events, catalogue: changed }, {}, brokenPromises);
    expect(documents['docs/events.md']).not.toBe(readText('docs/events.md'));
    expect(documents['docs/events/asyncapi.yaml']).not.toBe(readText('docs/events/asyncapi.yaml'));
  });
});

describe('what was released', () => {
  test('is kept by the catalogue', () => {
    expect(brokenPromises(released, byName(events.schemas))).toEqual([]);
  });

  test('is recorded for each version', () => {
    expect(Object.keys(released)).toEqual(
      expect.arrayContaining(Object.keys(byName(events.schemas))),
    );
  });

  const without = (name: string) =>
    events.schemas.map((published) => {
      if (published.type !== 'order.placed') return published;
      const members = Object.entries(published.schema['properties'] as object);
      const properties = Object.fromEntries(members.filter(([member]) => member !== name));
      return { ...published, schema: { ...published.schema, properties } };
    });

  test('cannot be printed away: a member that is gone is named, and nothing is printed', async () => {
    const printed = eventDocuments(
      { ...events, schemas: without('total') },
      released,
      brokenPromises,
    );
    await expect(printed).rejects.toThrow('order.placed/1: data.total is taken away');
  });

  test('stays in the record when a version is added', async () => {
    const second = { type: 'order.placed' as const, version: 2, schema: { type: 'object' } };
    const documents = await eventDocuments(
      { ...events, schemas: [...events.schemas, second] },
      released,
      brokenPromises,
    );
    const record = JSON.parse(documents['docs/events/released.json']!) as object;
    expect(record).toMatchObject({ ...released, 'order.placed/2': { type: 'object' } });
  });
});

describe('docs/events/asyncapi.yaml', () => {
  const text = readText('docs/events/asyncapi.yaml');

  test('is valid AsyncAPI, without a remark of the linter', { timeout: 60_000 }, async () => {
    expect(await new Parser().validate(text)).toEqual([]);
  });

  test('is linted by somebody who finds faults', async () => {
    const bare =
      'asyncapi: 3.1.0\ninfo: { title: Events }\noperations: { tell: { action: shout } }';
    expect(await new Parser().validate(bare)).not.toEqual([]);
  });

  const document = parse(text) as object;
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  ajv.addSchema(document, 'asyncapi');

  test.each(eventTypes)('has the message %s as it is sent', (type) => {
    const pointer = `asyncapi#/components/messages/${type}/payload`;
    const event = eventOf(factSamples[type]);
    const validate = ajv.compile({ $ref: pointer });
    expect(validate(event), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ ...event, type: 'order.vanished' })).toBe(false);
    expect(validate({ ...event, ordersequence: 0 })).toBe(false);
  });
});

describe('docs/events.md', () => {
  test('has every event in one of its tables', () => {
    const text = readText('docs/events.md');
    for (const type of eventTypes) expect(text).toContain(`| \`${type}\``);
  });

  test('shows an event that could have been sent', () => {
    const [example] = fencesOf('docs/events.md').filter(({ language }) => language === 'json');
    const event = JSON.parse(example!.text) as ReturnType<typeof eventOf>;
    expect(new CloudEvent({ ...event }).validate()).toBe(true);
    const { data, ...around } = eventOf(factSamples['order.placed'], 1);
    expect(event).toMatchObject(around);
    expect(Object.keys(event.data as object)).toEqual(Object.keys(data as object));
    expect(catalogue['order.placed'].data.strict().parse(event.data)).toEqual(event.data);
  });
});
