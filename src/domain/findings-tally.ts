import type { Difference, Findings } from './ledgers.js';

/** What a part of a reconciliation saw. */
export interface PartSummary {
  readonly lookedAt: number;
  readonly agreed: number;
  readonly mended: number;
  readonly differed: number;
  readonly failure?: string;
}

const differencesKept = 100;

/** Adds up what the pages of one part of a reconciliation showed. */
export class FindingsTally {
  private failure: string | undefined;
  readonly differing: Difference[] = [];
  private lookedAt = 0;
  private agreed = 0;
  private mended = 0;
  private differed = 0;

  add({ lookedAt, agreed, differences }: Findings): void {
    const open = differences.filter(({ outcome }) => outcome !== 'auto_fixed');
    this.lookedAt += lookedAt;
    this.agreed += agreed;
    this.mended += differences.length - open.length;
    this.differed += open.length;
    this.differing.push(...open.slice(0, differencesKept - this.differing.length));
  }

  /** The failure of an activity says only that it failed; its cause says why. */
  failed(error: unknown): void {
    const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    this.failure = root instanceof Error ? root.message : String(root);
  }

  summary(): PartSummary {
    const { lookedAt, agreed, mended, differed, failure } = this;
    return { lookedAt, agreed, mended, differed, ...(failure !== undefined && { failure }) };
  }
}
