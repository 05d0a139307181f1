import { relayConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { runRole } from '../../src/role.js';
import { startRelayRounds } from '../../src/relay/relay-rounds.js';

const stopLimitMs = 10_000;

/** For variants whose events nobody consumes, or that publish them in a way of their own. */
await runRole(
  () => createLogger('relay', relayConfig().LOG_LEVEL),
  (log) => {
    const rounds = startRelayRounds(relayConfig(), log);
    return Promise.resolve({
      stop: async () => {
        await rounds.stop();
        await rounds.close();
      },
    });
  },
  stopLimitMs,
);
