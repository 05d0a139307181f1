import { apiConfig } from '../config.js';
import { createLogger } from '../logger.js';
import { runRole } from '../role.js';
import { startApi } from './server.js';

const stopLimitMs = 10_000;

await runRole(
  () => createLogger('api', apiConfig().LOG_LEVEL),
  async (log) => {
    const api = await startApi(apiConfig(), log);
    return { urls: { api: api.url }, stop: () => api.stop() };
  },
  stopLimitMs,
);
