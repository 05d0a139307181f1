import { type AddressRules, systemResolve, type Resolve } from './address.js';
import { createVault, type SecretVault } from './secrets.js';

/** Where messages may go, and how secrets are kept. */
export interface WebhookRules {
  readonly rules: AddressRules;
  readonly vault: SecretVault;
  readonly resolve: Resolve;
}

/** What the operator configures. */
export interface WebhookSettings extends WebhookRules {
  /** The waits between the tries of a webhook delivery, in milliseconds; after the last one it is dead. */
  readonly scheduleMs: readonly number[];
}

/** How deliveries are sent; tests shorten what would make them wait. */
export interface SenderLimits {
  /** For one try in all: the name, the connection, the answer. */
  readonly tryMs: number;
  /** How long a claim holds when nobody gives it back; more than a try can take. */
  readonly leaseMs: number;
  /** Deliveries under way at once: in this process, and to one endpoint from all processes. */
  readonly inFlight: number;
  readonly inFlightPerEndpoint: number;
  /** So many failures in a row open an endpoint's circuit. */
  readonly circuitFailures: number;
  /** The longest that a circuit stays open. */
  readonly circuitMs: number;
  /** An endpoint that took nothing for so long is disabled. */
  readonly disableMs: number;
  /** The pause between two looks at what is due. */
  readonly idleMs: number;
  /** How long a sender that stops waits for answers. */
  readonly stopMs: number;
}

export const senderLimits: SenderLimits = {
  tryMs: 15_000,
  leaseMs: 45_000,
  inFlight: 64,
  inFlightPerEndpoint: 16,
  circuitFailures: 10,
  circuitMs: 30 * 60_000,
  disableMs: 5 * 86_400_000,
  idleMs: 200,
  stopMs: 3_000,
};

interface WebhookVariables {
  readonly WEBHOOK_SECRET_KEY: string;
  readonly WEBHOOK_ALLOW_INTERNAL: boolean;
}

/** From the variables of config.ts that both the API and the relay read. */
export const webhookRules = (config: WebhookVariables): WebhookRules => ({
  rules: { allowInternal: config.WEBHOOK_ALLOW_INTERNAL },
  vault: createVault(config.WEBHOOK_SECRET_KEY),
  resolve: systemResolve,
});
