import { isEnded, type OwnLedger } from '../../ledgers/evidence.js';
import { evidenceOf, readOthers, readOwn } from '../../ledgers/read.js';
import { brokenRules } from '../../ledgers/rules.js';
import type { Cell, Driven } from '../cell.js';
import { isStill, type Circumstances, type Seen } from './counters.js';

interface Watched extends Seen {
  readonly driven: Driven;
  readonly comparedFacts: number | undefined;
}

/**
 * Reads what the ledgers say of a variant's orders, until each has ended and nothing is wrong with it.
 * Those that are wrong are compared anew whenever they have a new fact.
 */
export class OrderWatch {
  readonly #orders = new Map<string, Watched>();

  constructor(
    private readonly cell: Cell,
    private readonly circumstances: () => Circumstances,
  ) {}

  add(driven: Driven): void {
    const { orderId, sentAtMs } = driven;
    const unknown = { ledger: undefined, brokenRules: undefined, comparedFacts: undefined };
    this.#orders.set(orderId, { driven, sentAtMs, ...unknown });
  }

  get orders(): readonly Watched[] {
    return [...this.#orders.values()];
  }

  async look(): Promise<void> {
    const open = this.orders.filter(({ brokenRules: broken }) => broken?.length !== 0);
    if (open.length === 0) return;
    const ids = open.map(({ driven }) => driven.orderId);
    const { system, options } = this.cell;
    const ledgers = await readOwn(system, ids, options.variant.hasLog);
    for (const ledger of ledgers) await this.#note(ledger);
  }

  async #note(ledger: OwnLedger): Promise<void> {
    const known = this.#orders.get(ledger.orderId);
    if (known === undefined) return;
    const { orderId, facts } = ledger;
    const seen = { ...known, ledger };
    this.#orders.set(orderId, seen);
    const isCompared = known.comparedFacts === facts.length;
    if (isCompared || !isEnded(ledger) || !isStill(seen, this.circumstances())) return;
    const others = await readOthers(this.cell.system, orderId);
    const broken = brokenRules(evidenceOf(known.driven, ledger, others));
    this.#orders.set(orderId, { ...seen, brokenRules: broken, comparedFacts: facts.length });
  }
}
