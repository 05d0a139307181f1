import { beforeAll, describe, expect, test } from 'vitest';
import { readMessageOptions } from '../../bench/options.js';
import { messageNames } from '../../bench/prove-messages/kinds.js';
import { losses, proveMessages } from '../../bench/prove-messages/proof.js';
import { quieten } from '../support/environment.js';

/** Each kind once in each round, and a round for each loss. */
const table = `--orders ${messageNames.length * losses.length} --at-once ${messageNames.length}`;

let proof: Awaited<ReturnType<typeof proveMessages>>;
beforeAll(async () => {
  quieten();
  proof = await proveMessages(readMessageOptions(table.split(' ')), () => undefined);
}, 420_000);

describe.each(losses)('while a loss happens (%s)', (loss) => {
  test.each(messageNames)('%s arrives once, and its sender can read that', (name) => {
    const sent = proof.sent.filter((one) => one.name === name && one.loss === loss);
    expect(sent).toMatchObject([
      { effects: 1, states: expect.arrayContaining(['taken']) as unknown },
    ]);
  });
});

test('all ledgers agree after every kind of message was lost in every way', () => {
  expect(proof.verdicts.filter(({ differences }) => differences > 0)).toEqual([]);
  expect(proof.vacuous).toEqual([]);
});
