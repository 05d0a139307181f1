import type { Rule } from './rule.js';

interface Effects {
  readonly servicesComeBack: () => Promise<void>;
  readonly isChargedOnce: () => Promise<void>;
}

/** How the commands of docs/choreography.md are tried. */
export const choreographyRules = (effects: Effects): readonly Rule[] => [
  {
    command: /^curl .*\/v1\/orders -H .* -d @docs\/examples\/choreographed-order\.json$/,
    prints: /"coordination":"choreographed"/,
  },
  // Both columns come to the end.
  {
    command: /^pr -mt -w 60 <\(.*ord_o….*\) <\(.*ord_c….*\)$/,
    prints: /^(?=[^]*^order\.delivered\b)(?=[^]*[ \t]order\.delivered$)/m,
  },
  {
    command: /^kill -9 .*status\.json'\)\.services\.pid/,
    prints: /^$/,
    effect: effects.servicesComeBack,
  },
  {
    command: /^curl '\S+\/control\/ledger\?order_id=ord_c…'$/,
    prints: /"kind":"authorize"/,
    effect: effects.isChargedOnce,
  },
  // From here on the payment provider is down.
  { command: /^curl \S+\/v1\/orders\/ord_[oc]…$/, prints: /"stage":"authorize_payment"/ },
  {
    command: /^temporal workflow describe .* -w ord_o…$/,
    prints: /Type +authorizePayment[^]*LastFailure/,
  },
  { command: /^curl \S+\/v1\/orders\/ord_c…\/timeline$/, prints: /"inventory\.reserved"/ },
  {
    command: /^curl \S+\/metrics \| grep /,
    prints: /^orders_consumer_parked_events\{consumer="payment:\d",state="retrying"\} 1$/m,
  },
  { command: /^curl '\S+\/v1\/dead-letters\?order_id=ord_c?…'$/, prints: /"object":"list"/ },
];
