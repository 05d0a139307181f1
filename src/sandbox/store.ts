import { randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import type { Delivery, ProviderEvent } from './webhooks/deliveries.js';

/** A new provider id such as `pi_3f…`: 32 hexadecimal digits follow the prefix. */
export const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

type ObjectKind = 'payment' | 'refund' | 'dispute' | 'shipment' | 'tracker';

/** One thing that a provider keeps. `alias` is a second name: a shipment's reference, a tracking code. */
export interface StoredObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly orderId: string | null;
  readonly parentId?: string | null;
  readonly alias?: string | null;
  readonly createdMs: number;
  /** When its next step is due by itself. */
  readonly dueMs?: number | null;
  readonly body: unknown;
}

/** An answer stored under its idempotency key, for a replay. */
export interface StoredAnswer {
  readonly service: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
}

type LedgerSection = 'payments' | 'labels' | 'messages';

/** Something that happened at a provider. Entries are never changed or removed. */
export interface LedgerEntry {
  readonly section: LedgerSection;
  readonly orderId: string | null;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** Everything one request changes. It is written by one statement: all of it, or nothing. */
export interface Change {
  readonly answers?: readonly StoredAnswer[];
  readonly objects?: readonly StoredObject[];
  readonly ledger?: readonly LedgerEntry[];
  readonly events?: readonly ProviderEvent[];
}

/** A path into the body, and the text that stands there. */
export interface BodyText {
  readonly path: readonly string[];
  readonly text: string;
}

export interface ObjectFilter {
  readonly kind: ObjectKind;
  readonly orderId?: string | undefined;
  readonly parentId?: string | undefined;
  readonly alias?: string | undefined;
  readonly createdFromMs?: number | undefined;
  readonly createdBeforeMs?: number | undefined;
  /** Only objects older than this one. */
  readonly beforeId?: string | undefined;
  readonly bodyTexts?: readonly BodyText[];
  readonly limit: number;
}

const columns = `id, kind, order_id AS "orderId", parent_id AS "parentId", alias,
  created_ms AS "createdMs", due_ms AS "dueMs", body`;

const loadStatement = `
SELECT
  (SELECT row_to_json(a) FROM sandbox.answers a WHERE service = $1 AND key = $2) AS answer,
  (SELECT coalesce(json_agg(o), '[]') FROM (
    SELECT ${columns} FROM sandbox.objects WHERE id = ANY($3) OR parent_id = ANY($3) ORDER BY seq
  ) o) AS objects`;

const selectStatement = `
SELECT row_to_json(o) AS object FROM (
  SELECT ${columns} FROM sandbox.objects
  WHERE kind = $1 AND ($2::text IS NULL OR order_id = $2) AND ($3::text IS NULL OR parent_id = $3)
    AND ($4::text IS NULL OR alias = $4)
    AND ($5::bigint IS NULL OR created_ms >= $5) AND ($6::bigint IS NULL OR created_ms < $6)
    AND ($7::text IS NULL OR seq < (SELECT seq FROM sandbox.objects WHERE id = $7))
    AND NOT EXISTS (SELECT FROM json_to_recordset($8) AS wanted(path text[], text text)
      WHERE body #>> wanted.path IS DISTINCT FROM wanted.text)
  ORDER BY seq DESC LIMIT $9
) o`;

const commitStatement = `
WITH input AS MATERIALIZED (SELECT $1::json AS change),
answers AS (
  INSERT INTO sandbox.answers (service, key, fingerprint, status, body)
  SELECT r.* FROM input, json_to_recordset(change->'answers')
    AS r(service text, key text, fingerprint text, status int, body json)),
objects AS (
  INSERT INTO sandbox.objects (id, kind, order_id, parent_id, alias, created_ms, due_ms, body)
  SELECT r.* FROM input, json_to_recordset(change->'objects')
    AS r(id text, kind text, "orderId" text, "parentId" text, alias text, "createdMs" bigint, "dueMs" bigint, body json)
  ON CONFLICT (id) DO UPDATE SET due_ms = excluded.due_ms, body = excluded.body),
ledger AS (
  INSERT INTO sandbox.ledger (section, order_id, entry)
  SELECT r.* FROM input, json_to_recordset(change->'ledger')
    AS r(section text, "orderId" text, entry json))
INSERT INTO sandbox.webhooks (event_id, receiver, body, forged, state, due_ms)
SELECT r.* FROM input, json_to_recordset(change->'deliveries')
  AS r("eventId" text, receiver text, body text, forged boolean, state text, "dueMs" bigint)`;

/** The sandbox's memory. Each method is one round trip. */
export class Store {
  constructor(readonly pool: Pool) {}

  /** The answer kept under the key, and the objects with these ids and those that belong to them. */
  async load(
    service: string,
    key: string | undefined,
    rootIds: readonly string[],
  ): Promise<{ readonly answer: StoredAnswer | null; readonly objects: readonly StoredObject[] }> {
    if (key === undefined && rootIds.length === 0) return { answer: null, objects: [] };
    const result = await this.pool.query<{
      answer: StoredAnswer | null;
      objects: readonly StoredObject[];
    }>({ name: 'load', text: loadStatement, values: [service, key ?? null, rootIds] });
    return result.rows[0] ?? { answer: null, objects: [] };
  }

  /** Writes a change whole or not at all. Fails when one of its idempotency keys is known. */
  async commit(change: Change, deliveries: readonly Delivery[]): Promise<void> {
    const { answers = [], objects = [], ledger = [] } = change;
    const input = JSON.stringify({ answers, objects, ledger, deliveries });
    await this.pool.query({ name: 'commit', text: commitStatement, values: [input] });
  }

  /** Newest first. */
  async select(filter: ObjectFilter): Promise<readonly StoredObject[]> {
    const { kind, orderId, parentId, alias, createdFromMs, createdBeforeMs, beforeId } = filter;
    const { bodyTexts = [], limit } = filter;
    const found = [kind, orderId, parentId, alias, createdFromMs, createdBeforeMs, beforeId];
    const values = [...found, JSON.stringify(bodyTexts), limit];
    const result = await this.pool.query<{ object: StoredObject }>(selectStatement, values);
    return result.rows.map((row) => row.object);
  }

  /** The ids of the objects whose next step is due, and of their parents; the longest due first. */
  async due(nowMs: number, limit: number): Promise<readonly { id: string; parentId: string }[]> {
    const result = await this.pool.query<{ id: string; parentId: string }>({
      name: 'due',
      text: `SELECT id, parent_id AS "parentId" FROM sandbox.objects
             WHERE due_ms <= $1 ORDER BY due_ms LIMIT $2`,
      values: [nowMs, limit],
    });
    return result.rows;
  }

  /** What happened after this sequence number, in its order; of one order, or of all. */
  async ledger(query: { orderId: string | undefined; after: number; limit: number }) {
    const result = await this.pool.query<LedgerEntry & { sequence: string }>(
      `SELECT sequence, section, order_id AS "orderId", entry FROM sandbox.ledger
       WHERE sequence > $1 AND ($3::text IS NULL OR order_id = $3) ORDER BY sequence LIMIT $2`,
      [query.after, query.limit, query.orderId],
    );
    const of = (section: LedgerSection) =>
      result.rows
        .filter((row) => row.section === section)
        .map((row) => ({ ...row.entry, order_id: row.orderId, sequence: Number(row.sequence) }));
    return { payments: of('payments'), labels: of('labels'), messages: of('messages') };
  }
}
