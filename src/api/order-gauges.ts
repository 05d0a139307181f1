import { Gauge, type Registry } from 'prom-client';
import { sumCompensations, type CompensationSum } from '../db/compensations.js';
import type { Database } from '../db/database.js';
import { sumOpenAttention, type OpenAttentionSum } from '../db/attention.js';
import { attentionKinds, attentionReasons } from '../domain/attention.js';
import { undoOf, type UndoName } from '../domain/saga.js';
import { withinOr } from '../runtime/deadline.js';

/** Far below the patience of whoever scrapes. */
const readLimitMs = 2_000;

const undoNames = Object.values(undoOf).filter((undo): undo is UndoName => undo !== null);

/**
 * What the database knows of undos and of work for people, as gauges.
 * @returns `refresh`, to be called before the registry is read; never throws. Figures that cannot be
 *   read are left out, and `orders_figures_readable` is 0.
 */
export function orderGauges(registry: Registry, database: Database): { refresh(): Promise<void> } {
  const gauges = gaugesIn(registry);
  return {
    refresh: async () => {
      const sums = await withinOr(readSums(database), readLimitMs, () => undefined);
      gauges.readable.set(sums === undefined ? 0 : 1);
      showCompensations(gauges, sums?.compensations);
      showAttention(gauges, sums?.attention);
    },
  };
}

type Gauges = ReturnType<typeof gaugesIn>;

const gaugesIn = (registry: Registry) => ({
  readable: new Gauge({
    name: 'orders_figures_readable',
    help: 'Whether the figures of undos and attention items could be read.',
    registers: [registry],
  }),
  compensations: new Gauge({
    name: 'orders_compensations',
    help: 'Undos: started and done of the last 24 hours; failed, of any age, until they are done.',
    labelNames: ['undo', 'state'],
    registers: [registry],
  }),
  oldestCompensation: new Gauge({
    name: 'orders_compensation_oldest_age_seconds',
    help: 'The age of the oldest undo that is not done; 0 when all are.',
    labelNames: ['undo'],
    registers: [registry],
  }),
  attention: new Gauge({
    name: 'orders_attention_open',
    help: 'Attention items that nobody has resolved.',
    labelNames: ['reason', 'owner'],
    registers: [registry],
  }),
  oldestAttention: new Gauge({
    name: 'orders_attention_oldest_age_seconds',
    help: 'The age of the oldest attention item that nobody has resolved; 0 when there is none.',
    labelNames: ['reason', 'owner'],
    registers: [registry],
  }),
});

const readSums = (database: Database) =>
  Promise.all([sumCompensations(database), sumOpenAttention(database)]).then(
    ([compensations, attention]) => ({ compensations, attention }),
    () => undefined,
  );

/** Every undo has its series, also when there is nothing of it: an alert needs a line to look at. */
function showCompensations(
  { compensations, oldestCompensation }: Gauges,
  sums: readonly CompensationSum[] | undefined,
): void {
  compensations.reset();
  oldestCompensation.reset();
  if (sums === undefined) return;
  for (const undo of undoNames) {
    const sum = sums.find((one) => one.undo === undo);
    for (const state of ['started', 'done', 'failed'] as const) {
      compensations.set({ undo, state }, sum?.[state] ?? 0);
    }
    oldestCompensation.set({ undo }, sum?.oldestAgeSeconds ?? 0);
  }
}

function showAttention(
  { attention, oldestAttention }: Gauges,
  sums: readonly OpenAttentionSum[] | undefined,
): void {
  attention.reset();
  oldestAttention.reset();
  if (sums === undefined) return;
  for (const reason of attentionReasons) {
    const labels = { reason, owner: attentionKinds[reason].owner };
    attention.set(labels, 0);
    oldestAttention.set(labels, 0);
  }
  for (const { reason, owner, open, oldestAgeSeconds } of sums) {
    attention.set({ reason, owner }, open);
    oldestAttention.set({ reason, owner }, oldestAgeSeconds);
  }
}
