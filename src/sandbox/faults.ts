import type { Pool } from 'pg';
import { z } from 'zod';

import { newId } from './store.js';

type Service = 'payments' | 'carrier' | 'mail' | 'sms';

const operations = [
  'authorize',
  'capture',
  'void',
  'refund',
  'buy_label',
  'void_label',
  'send',
  'webhook',
  'create',
  'lookup',
] as const;
export type Operation = (typeof operations)[number];

const callKinds = ['decline', 'refuse', 'error_500', 'delay', 'drop_response', 'down'] as const;
const webhookKinds = ['late', 'duplicate', 'forged', 'lost'] as const;
type WebhookKind = (typeof webhookKinds)[number];
type FaultKind = (typeof callKinds)[number] | WebhookKind;

const isWebhookKind = (kind: FaultKind): kind is WebhookKind =>
  (webhookKinds as readonly string[]).includes(kind);

/** A fault as it is ordered over the control API. */
export const faultRequest = z
  .strictObject({
    service: z.enum(['payments', 'carrier', 'mail', 'sms', '*']),
    operation: z.enum([...operations, '*']),
    kind: z.enum([...callKinds, ...webhookKinds]),
    order_id: z.string().min(1).optional(),
    times: z.int().min(1).optional(),
    for_ms: z.int().min(1).optional(),
    delay_ms: z.int().min(0).max(600_000).default(1_000),
  })
  .refine((f) => isWebhookKind(f.kind) === (f.operation === 'webhook'), {
    message: `${webhookKinds.join(', ')} go with the operation webhook, and only these do`,
    path: ['kind'],
  })
  .refine((f) => f.kind !== 'decline' || f.operation === 'authorize' || f.operation === '*', {
    message: 'only an authorization can be declined',
    path: ['operation'],
  });
export type FaultRequest = z.infer<typeof faultRequest>;

/** A fault that may strike again. */
export interface Fault extends FaultRequest {
  readonly id: string;
  /** How often it still strikes; null: until it expires. */
  readonly remaining: number | null;
  /** Unix time in milliseconds; null: never. */
  readonly expiresMs: number | null;
}

/** The call or event that a fault may strike. */
export interface Occasion {
  readonly service: Service;
  readonly operation: Operation;
  readonly orderId: string | null;
  /** The answer is repeated under its idempotency key, so it cannot be refused any more. */
  readonly replay?: boolean;
}

/** The active faults: matched in memory, and stored for the next start. */
export class Faults {
  #active: readonly Fault[] = [];

  constructor(private readonly pool: Pool) {}

  async load(): Promise<void> {
    const result = await this.pool.query<{ fault: Fault }>(
      'SELECT fault FROM sandbox.faults ORDER BY seq',
    );
    this.#active = result.rows.map((row) => row.fault);
  }

  list(): readonly Fault[] {
    return this.#active.filter((fault) => !isExpired(fault));
  }

  async add(request: FaultRequest): Promise<Fault> {
    const fault: Fault = {
      ...request,
      id: newId('flt'),
      remaining: request.times ?? (request.for_ms === undefined ? 1 : null),
      expiresMs: request.for_ms === undefined ? null : Date.now() + request.for_ms,
    };
    await this.#save(fault);
    this.#active = [...this.#active, fault];
    return fault;
  }

  /** @returns whether there was such a fault. */
  async remove(id: string): Promise<boolean> {
    const known = this.#active.some((fault) => fault.id === id);
    this.#active = this.#active.filter((fault) => fault.id !== id);
    await this.pool.query('DELETE FROM sandbox.faults WHERE id = $1', [id]);
    return known;
  }

  async clear(): Promise<void> {
    this.#active = [];
    await this.pool.query('DELETE FROM sandbox.faults');
  }

  /** The oldest fault that strikes here; its remaining count is reduced by one. */
  async take(occasion: Occasion): Promise<Fault | undefined> {
    if (this.#active.length === 0) return undefined;
    const fault = this.#active.find((candidate) => strikes(candidate, occasion));
    if (fault === undefined || fault.remaining === null) return fault;
    const used: Fault = { ...fault, remaining: fault.remaining - 1 };
    if (used.remaining === 0) {
      await this.remove(fault.id);
    } else {
      this.#active = this.#active.map((other) => (other === fault ? used : other));
      await this.#save(used);
    }
    return fault;
  }

  async #save(fault: Fault): Promise<void> {
    await this.pool.query(
      `INSERT INTO sandbox.faults (id, fault) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET fault = excluded.fault`,
      [fault.id, JSON.stringify(fault)],
    );
  }
}

const isExpired = (fault: Fault): boolean =>
  fault.expiresMs !== null && fault.expiresMs <= Date.now();

function strikes(fault: Fault, occasion: Occasion): boolean {
  return (
    !isExpired(fault) &&
    (fault.service === '*' || fault.service === occasion.service) &&
    (fault.operation === '*' || fault.operation === occasion.operation) &&
    (fault.order_id === undefined || fault.order_id === occasion.orderId) &&
    suits(fault.kind, occasion)
  );
}

function suits(kind: FaultKind, { operation, replay = false }: Occasion): boolean {
  if (isWebhookKind(kind)) return operation === 'webhook';
  if (operation === 'webhook') return false;
  if (kind === 'decline') return operation === 'authorize' && !replay;
  if (kind === 'refuse') return operation !== 'lookup' && operation !== 'create' && !replay;
  return true;
}
