import type { Rule } from './rule.js';

/** How the commands of docs/teams.md are tried, and those about dead letters. */
export const consumerRules: readonly Rule[] = [
  { command: /^curl \S+\/v1\/dead-letters$/, prints: /"object":"list"/ },
  { command: /^curl '\S+\/v1\/sellers\/sel_\w+\/orders\?state=open'$/, prints: /"seller_id":/ },
  { command: /^curl \S+\/v1\/members\/cus_42\/tier$/, prints: /"tier":"\w+"/ },
  { command: /^curl \S+\/v1\/orders\/ord_…\/recommendations$/, prints: /"object":"list"/ },
  { command: /^curl \S+\/v1\/analytics\/orders$/, prints: /"object":"order_figures"/ },
];
