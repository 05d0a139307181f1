import { beforeAll, expect, test } from 'vitest';
import { readStallOptions } from '../../bench/options.js';
import { proveStalls } from '../../bench/prove-stalls/proof.js';
import { quieten } from '../support/environment.js';

beforeAll(quieten);

/**
 * With this seed cancels of both kinds come when a workflow task has timed out and the worker still
 * stands, which is where events were lost; and a kill comes between two more cancels.
 */
const short = '--orders 8 --at-once 4 --seed 49311'.split(' ');

test('no cancel is lost and all ledgers agree while the worker is stopped and killed', async () => {
  const proof = await proveStalls(readStallOptions(short), () => undefined);
  expect(proof.findings).toEqual([]);
  expect(proof.verdicts.filter(({ differences }) => differences > 0)).toEqual([]);
  expect(proof.vacuous).toEqual([]);
}, 240_000);
