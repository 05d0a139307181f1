import { sandboxConfig, type SandboxConfig } from '../config.js';
import { createLogger, type Logger } from '../logger.js';
import { runRole, type RunningRole } from '../role.js';
import { startSandbox } from '../sandbox/sandbox.js';

const stopLimitMs = 5_000;

await runRole(
  () => createLogger('sandbox', sandboxConfig().LOG_LEVEL),
  (log) => start(sandboxConfig(), log),
  stopLimitMs,
);

async function start(config: SandboxConfig, logger: Logger): Promise<RunningRole> {
  const sandbox = await startSandbox({
    databaseUrl: config.SANDBOX_DATABASE_URL,
    host: config.SANDBOX_HOST,
    port: config.SANDBOX_PORT,
    smtpPort: config.SANDBOX_SMTP_PORT,
    webhookUrl: config.SANDBOX_WEBHOOK_URL,
    trackingPaceMs: config.SANDBOX_TRACKING_PACE_MS,
    pickUpMs: config.SANDBOX_PICK_UP_MS,
    latencyMs: config.SANDBOX_LATENCY_MS,
    paymentWebhookSecret: config.STRIPE_WEBHOOK_SECRET,
    carrierWebhookSecret: config.EASYPOST_WEBHOOK_SECRET,
    log: (message, { error, ...fields }) => {
      logger.warn({ ...fields, err: error }, message);
    },
  });
  const { url, inboxUrl, smtpUrl } = sandbox;
  return { urls: { sandbox: url, inbox: inboxUrl, smtp: smtpUrl }, stop: () => sandbox.stop() };
}
