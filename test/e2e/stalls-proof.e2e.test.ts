import { beforeAll, expect, test } from 'vitest';
import { readStallOptions } from '../../bench/options.js';
import { proveStalls } from '../../bench/prove-stalls/proof.js';
import { quieten } from '../support/environment.js';

beforeAll(quieten);

/** With this seed a kill comes between two cancels, and two stalls outlast a workflow task. */
const short = '--orders 12 --at-once 4 --seed 55554'.split(' ');

test('no cancel is lost and all books agree while the worker is stopped and killed', async () => {
  const proof = await proveStalls(readStallOptions(short), () => undefined);
  expect(proof.findings).toEqual([]);
  expect(proof.verdicts.filter(({ differences }) => differences > 0)).toEqual([]);
  expect(proof.vacuous).toEqual([]);
}, 240_000);
