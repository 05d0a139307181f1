import { expect, test } from 'vitest';
import { catalogue, eventTypes } from '../../src/events/catalogue/catalogue.js';
import { readText } from '../docs/pages.js';
import { useTestApi } from '../support/test-api.js';

const api = useTestApi();

test('the schema of each event is answered as it is in docs/events', async () => {
  for (const type of eventTypes) {
    const { version } = catalogue[type];
    const { body } = await api.http.get(`/v1/event-schemas/${type}/${version}`).expect(200);
    expect(body).toEqual(JSON.parse(readText(`docs/events/schemas/${type}.${version}.json`)));
  }
});

test.each([
  'order.placed/2',
  'order.placed/0',
  'order.placed/01',
  'order.placed/1.0',
  'order.placed/latest',
  'order.placed/99999999999999999999',
  'order.vanished/1',
  'constructor/1',
  '__proto__/1',
  '%00/1',
])('an unknown schema %s is answered 404', async (name) => {
  const { body } = await api.http.get(`/v1/event-schemas/${name}`).expect(404);
  expect(body).toMatchObject({ code: 'event_schema_not_found', status: 404 });
});

test('a schema can only be read', async () => {
  const { headers } = await api.http.post('/v1/event-schemas/order.placed/1').expect(405);
  expect(headers['allow']).toBe('GET, HEAD');
});
