/** docs/events.md: what people have written about events, and the tables of the catalogue. */
export function eventsPage(events) {
  return [
    introduction(Object.keys(events.catalogue).length),
    example,
    ways,
    promises,
    versions,
    privacy,
    line,
    tables(events),
  ].join('\n');
}

const introduction = (count) => `# Events

Everything that happens to an order is a fact in its timeline, and every fact is published as an event. Other teams follow orders by events only: they do not have to ask us, and we never wait for them.

There are ${count} types. An event is a [CloudEvent](https://cloudevents.io/) 1.0 in its JSON format. This page, the [AsyncAPI document](events/asyncapi.yaml) and the JSON Schemas in \`docs/events\` are printed from \`src/events/catalogue/catalogue.ts\` by \`npm run docs:events\`.
`;

const example = `## An event

\`\`\`json
{
  "specversion": "1.0",
  "id": "evt_01m7y219pffzv8pj63v9wcvshh_1",
  "source": "/v1/orders",
  "type": "order.placed",
  "subject": "ord_01m7y219pffzv8pj63v9wcvshh",
  "time": "2026-01-02T03:04:05.678Z",
  "datacontenttype": "application/json",
  "dataschema": "urn:event-schema:durable-orders:order.placed:1",
  "dataversion": 1,
  "ordersequence": 1,
  "traceparent": "00-01a1fc20a6cf7ff68b48c3da78cde631-78cde63100000001-01",
  "data": {
    "customer_id": "cus_42",
    "is_member": true,
    "total": { "amount_minor": 1780, "currency": "EUR" },
    "lines": [
      {
        "line_number": 1,
        "sku": "TEA-100",
        "quantity": 2,
        "seller_id": "sel_leaf",
        "amount": { "amount_minor": 1780, "currency": "EUR" }
      }
    ]
  }
}
\`\`\`

- \`id\` is the same in every delivery, on every way.
- \`subject\` is the order, \`ordersequence\` the place of the event among those of its order: 1, 2, 3, without a gap.
- \`dataschema\` names the JSON Schema of \`data\`. \`GET /v1/event-schemas/{type}/{version}\` has it, here \`/v1/event-schemas/order.placed/1\`. It is a name and no address, because CloudEvents requires an absolute URI, and an event outlives its host.
- \`traceparent\` is [W3C trace context](https://www.w3.org/TR/trace-context/): the trace in which the order was placed, or, if its caller had none, the UUID in the order's id.
- Money is whole units of the currency's smallest coin. Times are RFC 3339 in UTC.
- An event is below 20 kB. A list that is too long for that ends early, and \`…_left_out\` says how many items are missing; \`order.placed\` leaves out the amounts of its lines before it leaves out lines. \`GET /v1/orders/{id}\` has all of them.
`;

const ways = `## How to get them

| way                                     | for whom                                              | where one is                                       |
| --------------------------------------- | ----------------------------------------------------- | -------------------------------------------------- |
| \`GET /v1/events\`                        | programs that poll                 | a cursor, which the reader keeps                   |
| \`GET /v1/orders/{id}/events\`            | pages that show one order (server-sent events)        | \`Last-Event-ID\`, kept by the browser               |
| webhooks                                | systems elsewhere that want notifications                | kept by us; what fails is retried               |
| a consumer in our database              | teams whose tables are in the same Postgres           | kept with its effects, in the same transaction     |
| NATS JetStream, subject \`orders.<order>\` | those who have NATS and want to distribute events | kept by NATS for each of its consumers             |

A webhook says only which event there is and where to read it. All other ways carry the event itself.

**The feed.** Ask for [\`GET /v1/events\`](api.md#the-feed-of-events), apply the page, store its \`next_cursor\` with the effect, ask again with it as \`after\`. A cursor never skips an event, and never expires: a reader that was down for a month continues where it was.

**One order, live.** [\`GET /v1/orders/{id}/events\`](api.md) sends the past events first and then the new ones. In a browser, \`new EventSource(url)\` is enough: it reconnects by itself and names the last event.

**Webhooks.** \`npm run listen\` shows them in a minute; [Webhooks](webhooks.md) has the rest: signatures, retries, dead letters.

**A consumer in our database.** Implement \`Team\` (\`src/events/team.ts\`) in a folder of its own below \`src/teams\`; the relay finds it there. \`apply\` gets events and a transaction. What it writes and its position in the log are committed together, so each event has its effect once. It may import the event's types and the catalogue, and nothing else of ours: \`readData(event)\` gives the data with its types, in the newest version.

**NATS.** With \`NATS_URL\`, the relay publishes each event to the stream \`ORDERS\`, under \`Nats-Msg-Id\`: NATS drops duplicates within its window. A consumer may filter by subject, one order or all.
`;

const promises = `## What you can rely on

- **No event is lost.** It is written in the same transaction as the change. A transaction that commits late is published late, and is not skipped.
- **At least once.** After a crash, an event may arrive again, with the same \`id\`. Store the ids that you have handled in the same transaction as the effect, and each event has its effect once.
- **In the order of its order.** The events of one order arrive by their \`ordersequence\`. Between orders there is no such promise: after a failure, one order may be behind others.
- **A published event never changes.** A mistake is corrected by another event.
- **An event that reverses another one says so** in the table below. Compensation is normal: \`inventory.reserved\` may be followed by \`inventory.released\`.

\`npm run prove:events\` checks this while relays, subscribers and Postgres are killed: [the proof of events](performance.md#the-proof-of-events).
`;

const versions = `## What may change

A version of an event is a promise. \`docs/events/released.json\` records every version that is out.

| change                                                           | allowed                                       |
| ---------------------------------------------------------------- | --------------------------------------------- |
| a new type, a new optional member, a new value of an enumeration | at any time                                   |
| a member taken away, renamed, of another type, or only optional  | in a new version of the event                 |
| a member that is always there from now on                        | in a new version: older events do not have it |

So write readers that ignore unknown types, members and values. A reader that meets an unknown *version* stops and alerts a person; it does not guess.

In the code: change the event in its file under \`src/events/catalogue\`, then \`npm run docs:events\`. If a promise would be broken, the command and a test name it; then raise \`version\`, and keep the old one as \`earlier\`, with a function that converts it to the new version: the log still has events of it, and a team that is rebuilt reads them all. A fact without an event does not compile.
`;

const privacy = `## No personal data

Events are copied to places that we do not know, and cannot be recalled. So they contain no personal data: no name, address, mail address or telephone number, no payment method and no one-time code. These are left out on purpose:

- **Text that people wrote**: reasons for a cancel, an approval or a refusal, notes. Codes of other programs (why a card was declined, what a carrier saw) are published if they look like a code, else as \`other\`.
- **Who did it.** The timeline has the name of the person or system that approved, cancelled or inspected. No consumer needs it, and it shows who works when.
- **Tracking numbers**: with one, carriers show where somebody lives. \`GET /v1/orders/{id}\` has them.
- **Ids that grant access**, such as that of an offer to a delivery partner.

\`customer_id\` is opaque, and chosen by the caller: it must not be a name or a mail address. It is there because a tier belongs to a member.
`;

const line = `## Why some steps are not consumers

Four things look like work for consumers, and are steps of the workflow instead: the mails to the buyer, the notice to the seller, the delivery partner and the reward points. Three questions decide:

1. **Is it promised to the customer by this order?** The customer is promised a mail that we have the order, one that it is on its way, and points. An order that is confirmed without its mail is not done.
2. **Is it compensated with the order?** A cancelled order revokes the points, releases the delivery partner and notifies buyer and seller, in reverse order, each compensation registered before its step. A consumer would react some time later, outside of that sequence.
3. **Does a person have to act when it fails?** Then it is an attention item of the order, with choices, for those who can fix it.

Yes to any of them: it is a step. These steps still delay nothing: they run beside the main line, and their failure never compensates the order.

Three times no: it is a consumer. Sellers' portals, tiers, recommendations and figures only *follow* orders. They may be late or down, can be rebuilt from the first event, and can be deleted; they have their own tables and their own defects. An order must never wait for them, so it does not know them. When one fails, a dead letter holds back this one order for this one team, and nothing else.

One thing comes back from a team: suggestions of what others bought, in the mail that a parcel is on its way. They have a short time limit, and the mail is sent without them.
`;

function tables({ catalogue, groups, schemas }) {
  const parts = Object.entries(groups).map(([title, events]) =>
    section(
      title,
      Object.keys(events).map((type) => row(type, catalogue, schemas)),
    ),
  );
  return [
    '## The catalogue\n',
    'A member with `?` may be absent. There is no `payment.failed`: `payment.declined` and `payment.action_failed` say how it failed.\n',
    ...parts,
  ].join('\n');
}

function row(type, catalogue, schemas) {
  const { version, meaning, reverses } = catalogue[type];
  const { schema } = schemas.find((known) => known.type === type && known.version === version);
  const undone = Object.keys(catalogue).filter((other) => catalogue[other].reverses === type);
  const note = reverses === undefined ? meaning : `${meaning} Takes back ${code(reverses)}.`;
  const link = `[${version}](events/schemas/${type}.${version}.json)`;
  return [
    code(type),
    link,
    note,
    members(schema).join(', ') || '–',
    undone.map(code).join(', ') || '–',
  ];
}

function members({ properties = {}, required = [] }) {
  return Object.keys(properties).map((name) => code(required.includes(name) ? name : `${name}?`));
}

function section(title, rows) {
  const head = ['type', 'version', 'what has happened', 'data', 'reversed by'];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map(() => '---');
  return `### ${title}\n\n${[head, rule, ...rows].map(line).join('\n')}\n`;
}

const code = (name) => `\`${name}\``;
