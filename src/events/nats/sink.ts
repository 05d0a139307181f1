import { ConsumerUnavailable, type Consumer } from '../consumer.js';
import type { OrderEvent } from '../order-event.js';
import { within } from '../../runtime/deadline.js';
import { connectBroker, loadNats, type Broker } from './connection.js';
import { subjectOf } from './stream.js';

export interface NatsSink extends Consumer {
  close(): Promise<void>;
}

/** For a whole batch, with the connection; below what a consumer may take: the broker is to blame. */
const batchLimitMs = 6_000;
const acknowledgementLimitMs = 3_000;

/**
 * Publishes every event to JetStream, in CloudEvents' structured mode, with the event's id as message
 * id: the stream has each once, however often it is sent within the stream's window.
 * @throws Error when the NATS packages are not installed
 */
export async function natsSink(url: string): Promise<NatsSink> {
  const packages = await loadNats();
  let broker: Broker | undefined;

  async function open(): Promise<Broker> {
    if (broker?.connection.isClosed() === false) return broker;
    broker = await connectBroker(packages, url);
    return broker;
  }

  return {
    name: 'nats',
    apply: async (_transaction, events) => {
      try {
        const work = open().then((opened) => publishAll(opened, events));
        await within(work, batchLimitMs, 'NATS to take the events');
      } catch (cause) {
        // What is still under way ends with its connection.
        void broker?.connection.close();
        // No event is to blame: the broker takes any.
        throw new ConsumerUnavailable('NATS does not take events now', { cause });
      }
    },
    close: async () => {
      await broker?.connection.close();
    },
  };
}

/** Orders side by side, the events of one in a row: the next goes when the one before is stored. */
async function publishAll(broker: Broker, events: readonly OrderEvent[]): Promise<void> {
  let isFailing = false;
  const outcomes = await Promise.allSettled(
    byOrder(events).map(async (ofOrder) => {
      for (const event of ofOrder) {
        if (isFailing) return;
        try {
          await publish(broker, event);
        } catch (error) {
          isFailing = true;
          throw error;
        }
      }
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

function byOrder(events: readonly OrderEvent[]): readonly (readonly OrderEvent[])[] {
  const orders = new Map<string, OrderEvent[]>();
  for (const event of events) {
    const ofOrder = orders.get(event.subject);
    if (ofOrder === undefined) orders.set(event.subject, [event]);
    else ofOrder.push(event);
  }
  return [...orders.values()];
}

async function publish({ client, newHeaders }: Broker, event: OrderEvent): Promise<void> {
  const headers = newHeaders();
  headers.set('content-type', 'application/cloudevents+json');
  headers.set('traceparent', event.traceparent);
  await client.publish(subjectOf(event.subject), JSON.stringify(event), {
    msgID: event.id,
    timeout: acknowledgementLimitMs,
    headers,
  });
}
