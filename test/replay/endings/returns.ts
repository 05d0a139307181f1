import type { ReturnInput } from '../../../src/workflows/messages.js';
import {
  decide,
  inspect,
  mug,
  soon,
  tea,
  waitForStatus,
  type ReturnHandle,
} from '../../support/return-worker.js';

/** One way in which a return can end. */
interface ReturnEnding {
  readonly input?: Partial<ReturnInput>;
  readonly act?: (handle: ReturnHandle) => Promise<unknown>;
}

const approval = ['damaged_goods'];

const arriveInPart = async (handle: ReturnHandle) => {
  await waitForStatus(handle, 'awaiting_goods');
  await inspect(handle, tea(1, 'restock'), tea(1, 'refuse'), mug('scrap'));
};

/** Every ending of a return, by the name of its recorded history. */
export const returnEndings: Readonly<Record<string, ReturnEnding>> = {
  'returned-in-part': { act: arriveInPart },
  'returned-for-an-exchange': { input: { kind: 'exchange' }, act: arriveInPart },
  'returned-after-an-approval': {
    input: { approval },
    act: async (handle) => {
      await decide(handle, 'approve');
      await arriveInPart(handle);
    },
  },
  'return-refused-by-a-person': {
    input: { approval },
    act: (handle) => decide(handle, 'reject'),
  },
  'return-never-sent': { input: { limits: soon } },
};
