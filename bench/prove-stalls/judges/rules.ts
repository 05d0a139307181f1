import { isEnded } from '../../compare/judge/evidence.js';
import { isStuck } from '../../compare/judge/verdicts.js';
import type { Witnessed } from './judge.js';

export interface Rule {
  readonly what: string;
  readonly applies?: (order: Witnessed) => boolean;
  readonly isBroken: (order: Witnessed) => boolean;
}

/** What must hold of every order: what it is called, whom it is asked of, who breaks it. */
export const rules: readonly Rule[] = [
  {
    what: 'a cancel has its effect or its refusal on record',
    applies: ({ cancelFate }) => cancelFate !== undefined,
    isBroken: ({ cancelFate }) => cancelFate === 'lost' || cancelFate === 'unanswered',
  },
  {
    what: 'the history replays',
    isBroken: ({ replayFailure }) => replayFailure !== undefined,
  },
  {
    what: 'the order ended or waits for a named person',
    isBroken: ({ evidence }) => isStuck(evidence),
  },
  { what: 'there is exactly one workflow, open or completed', isBroken: hasWrongRuns },
  {
    what: 'API, row and workflow say the same status',
    isBroken: ({ told, evidence }) => told.api !== evidence.told || told.workflow !== evidence.told,
  },
  ledgerRule('captured less refunded is the value shipped', 'isNotPaidFor', 'chargedCancelled'),
  ledgerRule('nothing is charged twice', 'doubleCharges'),
  ledgerRule('no authorization is open on a finished order', 'leavesAuthorization'),
  ledgerRule('no goods are held for a finished order', 'leakedHolds'),
  ledgerRule('no unused label is left', 'leavesLabel'),
  ledgerRule('goods are sent only where they were set aside', 'oversold'),
  ledgerRule('nothing is undone without a reason', 'needlessUndo'),
  ledgerRule('what the buyer was told is true', 'untrueTold'),
  ledgerRule('everybody who must know was told once', 'eventsNotOnce'),
];

function ledgerRule(what: string, ...names: readonly string[]): Rule {
  return {
    what,
    applies: ({ evidence }) => isEnded(evidence),
    isBroken: (order) => order.brokenRules.some((name) => names.includes(name)),
  };
}

/** A delivery partner may be asked for 15 minutes; an order that ended meanwhile waits for the answer. */
function hasWrongRuns({ runs, evidence, hasOpenOffer }: Witnessed): boolean {
  if (runs.count !== 1) return true;
  if (!isEnded(evidence)) return runs.state !== 'RUNNING';
  return runs.state !== 'COMPLETED' && !(hasOpenOffer && runs.state === 'RUNNING');
}
