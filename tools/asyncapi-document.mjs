const contentType = 'application/cloudevents+json';

/** AsyncAPI 3.1: every event, and the ways in which it comes. */
export function asyncapiDocument({ catalogue, envelope, schemas }) {
  const types = Object.keys(catalogue);
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Order events',
      version: '1.0.0',
      description:
        'What happens to orders, each fact once in effect, in the order of its order. Made from the event catalogue by `npm run docs:events`.',
      contact: { name: 'The team of the order service', url: 'https://example.com/' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'orders' }],
    },
    defaultContentType: contentType,
    servers: servers(),
    channels: channels(types),
    operations: operations(),
    components: {
      messages: { ...messages(catalogue), notice: noticeMessage },
      schemas: { envelope: embedded(envelope), ...dataSchemas(schemas), notice: noticeSchema },
    },
  };
}

const servers = () => ({
  api: {
    host: 'localhost:3000',
    protocol: 'http',
    description: 'The API of the order service.',
  },
  nats: {
    host: 'localhost:4222',
    protocol: 'nats',
    description: 'NATS JetStream, where the service was told of one.',
  },
  subscriber: {
    host: 'subscriber.example.com',
    protocol: 'https',
    description: 'Your own server, under the address that you gave for an endpoint.',
  },
});

function channels(types) {
  const all = Object.fromEntries(
    types.map((type) => [type, { $ref: `#/components/messages/${type}` }]),
  );
  const orderId = { description: 'The id of an order, such as `ord_01m7y219pffzv8pj63v9wcvshh`.' };
  return {
    feed: {
      address: '/v1/events',
      description: 'All orders, in one order that all readers share; read page by page.',
      servers: [{ $ref: '#/servers/api' }],
      messages: all,
    },
    stream: {
      address: '/v1/orders/{orderId}/events',
      description: 'One order, by server-sent events; `id` is the place among its events.',
      servers: [{ $ref: '#/servers/api' }],
      parameters: { orderId },
      messages: all,
    },
    subject: {
      address: 'orders.{orderId}',
      description: 'A subject for each order in the stream `ORDERS`.',
      servers: [{ $ref: '#/servers/nats' }],
      parameters: { orderId },
      messages: all,
    },
    webhook: {
      address: null,
      description:
        'A signed `POST` to each of your endpoints for each event that it wants; the address is yours.',
      servers: [{ $ref: '#/servers/subscriber' }],
      messages: { notice: { $ref: '#/components/messages/notice' } },
    },
  };
}

const operations = () =>
  Object.fromEntries(
    [
      ['showPage', 'feed', 'A page of the feed holds events.'],
      ['streamEvent', 'stream', 'The stream tells an event.'],
      ['publishEvent', 'subject', 'The relay publishes an event.'],
      ['callEndpoint', 'webhook', 'The relay tells an endpoint of an event.'],
    ].map(([name, channel, summary]) => [
      name,
      { action: 'send', channel: { $ref: `#/channels/${channel}` }, summary },
    ]),
  );

const messages = (catalogue) =>
  Object.fromEntries(
    Object.entries(catalogue).map(([type, { version, meaning, reverses }]) => [
      type,
      {
        name: type,
        title: type,
        summary: meaning,
        contentType,
        payload: payload(type, version),
        ...(reverses && { 'x-reverses': reverses }),
      },
    ]),
  );

const payload = (type, version) => ({
  allOf: [
    { $ref: '#/components/schemas/envelope' },
    {
      type: 'object',
      properties: {
        type: { const: type },
        dataversion: { const: version },
        data: { $ref: `#/components/schemas/${type}.${version}` },
      },
    },
  ],
});

const dataSchemas = (schemas) =>
  Object.fromEntries(
    schemas.map(({ type, version, schema }) => [`${type}.${version}`, embedded(schema)]),
  );

/** Inside of a document a schema has no address of its own. */
const embedded = ({ $schema, $id, ...schema }) => schema;

const noticeMessage = {
  name: 'notice',
  title: 'notice of an event',
  summary: 'By Standard Webhooks: which event there is, and where to read it.',
  contentType: 'application/json',
  headers: {
    type: 'object',
    required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    properties: {
      'webhook-id': { type: 'string', description: 'The id of the event.' },
      'webhook-timestamp': { type: 'string', description: 'When it was sent, in seconds.' },
      'webhook-signature': {
        type: 'string',
        description: 'One signature for each secret that is valid, separated by spaces.',
      },
      traceparent: { type: 'string' },
    },
  },
  payload: { $ref: '#/components/schemas/notice' },
};

const text = { type: 'string' };

const noticeSchema = {
  type: 'object',
  required: ['type', 'timestamp', 'data'],
  properties: {
    type: text,
    timestamp: { type: 'string', format: 'date-time' },
    data: {
      type: 'object',
      required: ['event_id', 'order_id', 'sequence', 'version', 'links'],
      properties: {
        event_id: text,
        order_id: text,
        sequence: { type: 'integer', minimum: 1 },
        version: { type: 'integer', minimum: 1 },
        links: {
          type: 'object',
          required: ['event', 'order'],
          properties: { event: text, order: text },
        },
      },
    },
  },
};
