import type { SignalDefinition } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { typeid } from 'typeid-js';
import { createActivities } from '../../src/activities/index.js';
import type { Inventory, Journal, Ports } from '../../src/activities/ports.js';
import { postgresDeliveryPartners } from '../../src/adapters/postgres-delivery-partners.js';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import { postgresOrderBook } from '../../src/adapters/postgres-order-book.js';
import { acceptOrder } from '../../src/api/accept-order.js';
import { oneRow, openDatabase, type Database } from '../../src/db/database.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { storeMessage, takeDueMessages } from '../../src/db/messages.js';
import { listServed, receiveStock, serveWaiting } from '../../src/db/stock.js';
import type { RecordedFact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderStatus } from '../../src/domain/order-state.js';
import {
  carrierEventSignal,
  paymentEventSignal,
  statusQuery,
  stockArrivedSignal,
  timelineQuery,
  type OrderInput,
  type OrderSummary,
} from '../../src/workflows/messages.js';
import type { order } from '../../src/workflows/order.js';
import { sharedEnvironment } from '../support/environment.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Bank } from './bank.js';
import { noRisk, requestOf, serviceLevelOf, skus, verificationOf, type Fate } from './fate.js';
import { People, plainCodes } from './people.js';
import { Post } from './post.js';
import { Weather } from './weather.js';
import { Fakes } from '../support/fakes.js';
import { workflowBundlePath } from '../support/order-worker.js';

const initialStock = 12;
const relayPauseMs = 100;

/** A shop with real books and a real Temporal, between a bank and a carrier that keep their own. */
export class Shop {
  readonly fates = new Map<OrderId, Fate>();
  readonly weather = new Weather((orderId) => this.fateOf(orderId));
  readonly bank = new Bank(
    (orderId) => this.fateOf(orderId),
    this.weather,
    (orderId, paymentId, outcome) => {
      const event = { eventId: `evt_${paymentId}_${outcome}`, paymentId, outcome };
      this.weather.track(this.signal(orderId, paymentEventSignal, event));
    },
  );
  readonly post = new Post(
    (orderId) => this.fateOf(orderId),
    this.weather,
    ({ orderId, shipmentId }, milestone, eventId) =>
      this.signal(orderId, carrierEventSignal, { eventId, shipmentId, milestone }),
  );
  readonly people: People;
  private readonly taskQueue = typeid('queue').toString();
  private running: Promise<void> | undefined;
  private worker: Worker | undefined;
  private isOpen = true;

  private constructor(
    private readonly environment: TestWorkflowEnvironment,
    private readonly store: TestDatabase,
    readonly database: Database,
  ) {
    const { client } = environment;
    const { weather, post } = this;
    const fateOf = (orderId: OrderId) => this.fateOf(orderId);
    this.people = new People({ client, database, weather, post, fateOf });
  }

  static async open(): Promise<Shop> {
    const store = await testDatabase({ migrated: true });
    await seedCatalogue(store.url, initialStock);
    const database = openDatabase({ url: store.url, poolSize: 10 });
    const shop = new Shop(await sharedEnvironment(), store, database);
    await shop.start();
    return shop;
  }

  /** Places the order of a fate and lives it. @returns its id when it has ended, or the limit passed */
  async live(fate: Fate, limitMs: number): Promise<OrderId> {
    const input = await this.accept(fate);
    const { orderId } = input;
    this.fates.set(orderId, fate);
    const { move, cancel, receipt } = fate;
    if (receipt) this.weather.later(receipt.afterMs, () => this.receive(receipt));
    const handle = await this.environment.client.workflow.start<typeof order>('order', {
      args: [input],
      workflowId: orderId,
      taskQueue: this.taskQueue,
      workflowTaskTimeout: 10_000,
    });
    if (move) this.weather.later(move.afterMs, () => this.people.move(orderId, move.country));
    if (cancel && 'afterMs' in cancel.when) {
      this.weather.later(cancel.when.afterMs, () => this.people.cancel(orderId, cancel.by));
    }
    const ended = handle.result().then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([ended, this.weather.wait(limitMs)]);
    return orderId;
  }

  /** As the workflow said at its end; one that Temporal cancelled has no result, and is asked. */
  summaryOf(orderId: OrderId): Promise<OrderSummary> {
    const handle = this.environment.client.workflow.getHandle<typeof order>(orderId);
    return handle.result().catch(() => handle.query(statusQuery));
  }

  /**
   * An order that has ended, and has left the worker's cache, answers from its replayed history.
   * @returns its timeline, or why the history does not replay
   */
  replay(orderId: OrderId): Promise<readonly RecordedFact[] | string> {
    const answer = this.environment.client.workflow.getHandle(orderId).query(timelineQuery);
    return answer.catch((error: unknown) => String(error));
  }

  /** @returns undefined when it has ended, else what holds it up, as far as Temporal knows */
  async holdUpOf(orderId: OrderId): Promise<string | undefined> {
    const handle = this.environment.client.workflow.getHandle(orderId);
    if ((await handle.describe()).status.name !== 'RUNNING') return undefined;
    const { events } = await handle.fetchHistory();
    const failed = events?.findLast(({ workflowTaskFailedEventAttributes: task }) => task);
    const failure = failed?.workflowTaskFailedEventAttributes?.failure;
    return `it runs; ${failure?.message ?? 'no task failed'} ${failure?.stackTrace ?? ''}`;
  }

  async statusOf(orderId: OrderId): Promise<OrderStatus> {
    const row = await oneRow<{ status: OrderStatus }>(this.database)`
      select status from orders.orders where id = ${orderId}`;
    return row.status;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    for (const orderId of this.fates.keys()) {
      await this.environment.client.workflow
        .getHandle(orderId)
        .terminate()
        .catch(() => undefined);
    }
    this.worker?.shutdown();
    await this.running;
    await this.environment.teardown();
    await this.database.destroy();
    await this.store.drop();
  }

  private async start(): Promise<void> {
    for (const sku of skus) {
      await this.receive({ sku, quantity: initialStock, warehouseId: 'wh_rotterdam' });
    }
    this.weather.listen((orderId, call) => {
      const { cancel } = this.fateOf(orderId);
      if (cancel && 'during' in cancel.when && cancel.when.during === call) {
        this.weather.track(this.people.cancel(orderId, cancel.by));
      }
    });
    this.worker = await Worker.create({
      connection: this.environment.nativeConnection,
      taskQueue: this.taskQueue,
      workflowBundle: { codePath: workflowBundlePath },
      activities: createActivities(this.ports()),
    });
    this.running = this.worker.run();
    void this.relay();
  }

  private ports(): Ports {
    const { database, bank, post } = this;
    return {
      ...new Fakes().ports,
      journal: this.readBy(postgresJournal(database)),
      inventory: this.announced(postgresInventory(database)),
      loyalty: postgresLoyalty(database),
      partners: postgresDeliveryPartners(database),
      orders: postgresOrderBook(database),
      payments: bank,
      carrier: post,
      codes: plainCodes,
    };
  }

  private readBy(journal: Journal): Journal {
    const append: Journal['append'] = async (entry) => {
      const written = await journal.append(entry);
      this.people.read(entry.orderId, written.facts);
      return written;
    };
    const appendWith: Journal['appendWith'] = async (effect, entryOf) => {
      const written = await journal.appendWith(effect, entryOf);
      this.people.read(entryOf(written.outcome).orderId, written.facts);
      return written;
    };
    return { ...journal, append, appendWith };
  }

  private announced(inventory: Inventory): Inventory {
    return {
      ...inventory,
      reserve: (holdId, ...rest) => {
        if (this.fates.has(holdId as OrderId)) this.weather.announce(holdId as OrderId, 'reserve');
        return inventory.reserve(holdId, ...rest);
      },
    };
  }

  private async accept(fate: Fate): Promise<OrderInput> {
    const key = typeid('key').toString();
    const accepted = await acceptOrder(
      this.database,
      requestOf(fate),
      { key, fingerprint: key },
      { policy: fate.policy, riskLimits: noRisk },
    );
    if (accepted.kind !== 'accepted') throw new Error(`Not accepted: ${accepted.kind}`);
    const verification = verificationOf(fate);
    return { ...accepted.input, verification, serviceLevel: serviceLevelOf(fate) };
  }

  private async receive(goods: Omit<NonNullable<Fate['receipt']>, 'afterMs'>): Promise<void> {
    const key = typeid('key').toString();
    const { sku, quantity, warehouseId } = goods;
    await receiveStock(this.database, { sku, quantity, warehouseId, key, fingerprint: key });
  }

  /** Signals orders whose goods have come, as the relay does. */
  private async relay(): Promise<void> {
    while (this.isOpen) {
      await serveWaiting(this.database);
      for (const { orderId, place } of await listServed(this.database, 100)) {
        const message = { id: `stock:${place}`, kind: stockArrivedSignal.name, orderId, body: {} };
        await storeMessage(this.database, { ...message, recipient: orderId, content: { place } });
        await this.signal(orderId, stockArrivedSignal);
      }
      for (const { kind, orderId } of await takeDueMessages(this.database, 100)) {
        if (kind === stockArrivedSignal.name) await this.signal(orderId!, stockArrivedSignal);
      }
      await this.weather.wait(relayPauseMs);
    }
  }

  /** A signal to an order that has ended reaches nobody. */
  private async signal<Args extends unknown[]>(
    orderId: OrderId,
    definition: SignalDefinition<Args>,
    ...args: Args
  ): Promise<void> {
    const handle = this.environment.client.workflow.getHandle(orderId);
    await handle.signal(definition, ...args).catch(() => undefined);
  }

  private fateOf(orderId: OrderId): Fate {
    const fate = this.fates.get(orderId);
    if (fate === undefined) throw new Error(`${orderId} is nobody's order`);
    return fate;
  }
}
