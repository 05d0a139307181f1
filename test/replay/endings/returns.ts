import type { ReturnInput } from '../../../src/workflows/messages.js';
import { mug, soon, tea, type PlacedReturn } from '../../support/placed-return.js';

/** One way in which a return can end. */
interface ReturnEnding {
  readonly input?: Partial<ReturnInput>;
  readonly act?: (placed: PlacedReturn) => Promise<unknown>;
}

const approval = ['damaged_goods'];

const arriveInPart = (placed: PlacedReturn) =>
  placed.comesBack(tea(1, 'restock'), tea(1, 'refuse'), mug('scrap'));

/** Every ending of a return, by the name of its recorded history. */
export const returnEndings: Readonly<Record<string, ReturnEnding>> = {
  'returned-in-part': { act: arriveInPart },
  'returned-for-an-exchange': { input: { kind: 'exchange' }, act: arriveInPart },
  'returned-after-an-approval': {
    input: { approval },
    act: async (placed) => {
      await placed.decide('approve');
      await arriveInPart(placed);
    },
  },
  'return-refused-by-a-person': {
    input: { approval },
    act: (placed) => placed.decide('reject'),
  },
  'return-never-sent': { input: { limits: soon } },
};
