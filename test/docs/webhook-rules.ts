import type { Rule } from './rule.js';

/** How the commands of docs/webhooks.md are tried. @param placeOrder makes something to tell */
export const webhookRules = (placeOrder: () => Promise<unknown>): readonly Rule[] => [
  { command: /^curl \S+\/v1\/webhook-endpoints -H .*"url"/, prints: /"secret":"whsec_/ },
  { command: /^curl \S+\/v1\/webhook-endpoints$/, prints: /"object":"webhook_endpoint"/ },
  { command: /^curl \S+\/whe_… -H .*"enabled"/, prints: /"state":"enabled"/ },
  { command: /^curl -X POST \S+\/whe_…\/rotate-secret$/, prints: /"secret":"whsec_/ },
  {
    command: /^curl \S+\/whe_…\/deliveries$/,
    before: async () => {
      await placeOrder();
    },
    prints: /"object":"webhook_delivery"/,
  },
  { command: /^curl -X POST \S+\/whd_…\/resend$/, prints: /"state":"waiting"/ },
  { command: /^printf .* openssl dgst /, prints: /^g0hM9SsE\+OTPJTGt/ },
];
