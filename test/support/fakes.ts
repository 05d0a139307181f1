import type { Entry, CompensationResult, Written } from '../../src/activities/ports.js';
import type { RecordedFact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { undoOf, type StepName, type UndoName } from '../../src/domain/saga.js';
import { portsOf } from './fake-ports.js';
import { waitFor } from './wait-for.js';

/** What a scripted call does in place of the usual answer; what answers nothing leaves that. */
export type Script = (request: never) => unknown;

/** A call that reached a provider, with what it asked for. */
export interface Asked {
  readonly name: string;
  readonly request: unknown;
}

const undoNames = new Set<string | null>(Object.values(undoOf));

/** Providers behind the ports: they remember every call and answer as they are scripted. */
export class Fakes {
  /** The calls that reached a provider, in order, the journal's left out. */
  readonly asked: Asked[] = [];
  /** All that was to be recorded, also under a key that was known. */
  readonly entries: Entry[] = [];
  readonly timelines = new Map<string, RecordedFact[]>();
  /** The change with the highest revision of each order. */
  readonly rows = new Map<string, NonNullable<Entry['change']>>();
  readonly ports = portsOf(this);
  private readonly keys = new Map<string, readonly RecordedFact[]>();
  private readonly scripts = new Map<string, Script[]>();
  private readonly lasting = new Map<string, Script>();

  /** The next calls of this name do this, one script each. */
  script(name: string, ...scripts: Script[]): void {
    this.scripts.set(name, [...(this.scripts.get(name) ?? []), ...scripts]);
  }

  /** Every call of this name does this from now on. */
  always(name: string, script: Script): void {
    this.lasting.set(name, script);
  }

  usual(name: string): void {
    this.lasting.delete(name);
    this.scripts.delete(name);
  }

  /** The names of the calls. */
  get calls(): string[] {
    return this.asked.map(({ name }) => name);
  }

  facts(orderId: string): string[] {
    return (this.timelines.get(orderId) ?? []).map((fact) => fact.type);
  }

  /** What a provider was asked for by this call, each time. */
  requests(call: string): unknown[] {
    return this.asked.filter(({ name }) => name === call).map(({ request }) => request);
  }

  times(call: string): number {
    return this.requests(call).length;
  }

  async waitForCall(call: string, times = 1): Promise<void> {
    await waitFor(`call ${times} of ${call}`, () => this.times(call) >= times);
  }

  /** The undos that were carried out, in their order, each with the parcel that it is about. */
  get undos(): string[] {
    return this.asked
      .filter(({ name }) => undoNames.has(name))
      .map(({ name, request }) => [name, parcelIn(request)].filter((part) => part !== undefined))
      .map((parts) => parts.join(' '));
  }

  /** There is something to take back when the step was ever called. */
  undo(name: UndoName, step: StepName, request: unknown): Promise<CompensationResult> {
    const kind = this.calls.includes(step) ? 'undone' : 'nothing_to_undo';
    return this.answer<CompensationResult>(name, request, { kind });
  }

  /** What only a script knows. */
  async decide<T>(name: string, request: unknown): Promise<T> {
    const script = this.scripts.get(name)?.shift() ?? this.lasting.get(name);
    if (script === undefined) throw new Error(`not scripted: ${name}`);
    return (await script(request as never)) as T;
  }

  async answer<T>(name: string, request: unknown, usual: T): Promise<T> {
    this.asked.push({ name, request });
    const script = this.scripts.get(name)?.shift() ?? this.lasting.get(name);
    return ((await script?.(request as never)) ?? usual) as T;
  }

  /** Remembers what is recorded, under each key once. What a row takes is for the database to say. */
  append(entry: Entry): Written {
    this.entries.push(entry);
    const { orderId, key, facts, change } = entry;
    const id = `${orderId} ${key}`;
    const timeline = this.timelines.get(orderId) ?? [];
    let recorded = this.keys.get(id);
    if (recorded === undefined) {
      // A row that is ahead stays ahead: the workflow has to notice that.
      if (change && change.revision >= (this.rows.get(orderId)?.revision ?? 0))
        this.rows.set(orderId, change);
      const at = new Date().toISOString();
      const first = timeline.length + 2;
      recorded = facts.map((fact, index) => ({ ...fact, sequence: first + index, at }));
      this.timelines.set(orderId, [...timeline, ...recorded]);
      this.keys.set(id, recorded);
    }
    return { facts: recorded, rowRevision: this.rows.get(orderId)?.revision ?? 0 };
  }
}

const mostParcels = 12;

/** Which of its order's parcels a request is about, counted from 0; undefined when about none. */
export function parcelIn(request: unknown): number | undefined {
  const text = JSON.stringify(request);
  const orderId = /ord_[0-9a-z]{26}/.exec(text)?.[0];
  const shipmentId = /shp_[0-9a-z]{26}/.exec(text)?.[0];
  if (orderId === undefined || shipmentId === undefined) return undefined;
  const ids = Array.from({ length: mostParcels }, (_, index) =>
    shipmentIdOf(orderId as OrderId, index),
  );
  return ids.findIndex((id) => id === shipmentId);
}

/** A script that throws, for good or for now. */
export const fails = (error: Error) => () => {
  throw error;
};

/** A promise that the test resolves when it wants to. */
export function gate<T>(): { readonly wait: () => Promise<T>; readonly open: (value: T) => void } {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { wait: () => promise, open };
}
