import type { DocumentedStack } from './documented-stack.js';
import {
  isDiscardRequest,
  isExample,
  isLoggedByNaiveServices,
  isMeasurementWithKnownFlags,
  isScriptWithKnownFlags,
  isStatementOfDatabase,
  isThere,
  namesItsServices,
  startsAndStops,
} from './command-checks.js';

/** How the commands that match are tried: run and read, or checked by other means. */
export type Rule = { readonly command: RegExp } & (
  | ({ readonly prints: RegExp } & Around)
  | { readonly check: (command: string) => Promise<void> | void }
);

interface Around {
  readonly before?: () => Promise<void>;
  /** Run again until it is accepted: the order may not have come so far. */
  readonly isRepeated?: true;
  readonly after?: () => Promise<void>;
}

const prints = (command: RegExp, output: RegExp, around: Around = {}): Rule => ({
  command,
  prints: output,
  ...around,
});

/** A rule for each command of README.md and of every page below docs/. `curl -s` matches as `curl`. */
export const commandRules = (stack: DocumentedStack): readonly Rule[] => [
  ...apiRules(stack),
  ...webhookRules(stack),
  ...temporalRules(stack),
  ...choreographyRules(stack),

  prints(/^curl \S+\/control\/faults -H .* -d /, /"id":"flt_\w+"/),
  prints(/^curl -X DELETE \S+\/control\/faults$/, /^$/),
  prints(/^curl '\S+\/control\/ledger\?order_id=ord_…'$/, /"kind":"authorize"/, {
    after: () => stack.ledgerAgrees(),
  }),
  prints(/^kill -9 .*status\.json'\)\.worker\.pid/, /^$/, {
    after: () => stack.isRestarted('worker'),
  }),

  { command: /^psql "\$DATABASE_URL" -c "/, check: isStatementOfDatabase(stack) },
  { command: /^grep '[^']+' services\.log$/, check: isLoggedByNaiveServices },
  { command: /^node --env-file=\.env dist\//, check: startsAndStops(stack) },
  { command: /^npm run (bench|prove|compare)/, check: isMeasurementWithKnownFlags },
  { command: /^npm run example -- /, check: isExample },
  { command: /^npm (?!run (bench|prove|compare|example -- ))/, check: isScriptWithKnownFlags },
  { command: /^npx vitest run \S+$/, check: isThere },
  { command: /^cp \S+ \.env$/, check: isThere },
  { command: /^docker compose /, check: namesItsServices },
];

const apiRules = (stack: DocumentedStack): readonly Rule[] => [
  prints(/^curl .*\/v1\/orders -H .* -d @docs\/examples\/order\.json$/, /"ord_\w+"/),
  prints(
    /^curl .*\/v1\/orders -H .* -d @docs\/examples\/large-order\.json$/,
    /"approval":\["large_amount"\]/,
  ),
  prints(
    /^curl '?\S+\/(v1\/orders\?|offers\?|recommendations$|dead-letters(\?|$)|attention\?(?!reason))/,
    /"object":"list"/,
  ),
  prints(/^curl \S+\/v1\/orders\/ord_…$/, /"object":"order"/),
  prints(/^curl \S+\/v1\/orders\/ord_…\/timeline$/, /"order\.placed"/),
  prints(/^curl \S+\/ord_…\/change-address .*"shipping_address"/, /"object":"order"/),
  prints(/^curl \S+\/ord_…\/approve .*"reason"/, /"object":"order"/, { isRepeated: true }),
  prints(
    /^curl \S+\/v1\/orders\/ord_…\/cancel .*"reason"/,
    /"status":"cancelled".*"payment_status":"voided"/,
    { before: stack.isAuthorized },
  ),
  prints(/^curl '\S+\/v1\/attention\?reason=undo_stuck'$/, /"reason":"undo_stuck"/, {
    before: stack.stickUndo,
  }),
  prints(/^curl '\S+\/v1\/attention\?reason=workflow_task_failing'$/, /"object":"list"/),
  prints(/^curl \S+\/v1\/attention\/att_…\/resolve .*"mark_done"/, /"reason":"undo_stuck"/, {
    after: stack.isCancelled,
  }),
  prints(/^curl \S+\/v1\/reconciliations$/, /"kind":"payments"/, { before: stack.reconcile }),
  prints(/^curl \S+\/v1\/returns -H .*"order_id"/, /"object":"return"/, {
    before: stack.deliverOrder,
  }),
  prints(/^curl \S+\/v1\/returns\/ret_…\/inspection .*"verdict"/, /"object":"return"/, {
    isRepeated: true,
  }),
  prints(/^curl \S+\/v1\/returns\/ret_…$/, /"status":"completed".*"refund":\{"amount":890/),
  prints(/^curl \S+\/v1\/members\/cus_42\/points$/, /"balance":\d+/),
  prints(/^curl \S+\/v1\/members\/cus_42\/tier$/, /"tier":"\w+"/),
  prints(/^curl \S+\/v1\/stock$/, /"sku":"TEA-100"/),
  prints(/^curl \S+\/v1\/stock\/TEA-100\/receipts .*"quantity"/, /"object":"stock_receipt"/),
  prints(/^curl '\S+\/v1\/sellers\/sel_\w+\/orders\?state=open'$/, /"seller_id":/),
  prints(/^curl \S+\/v1\/analytics\/orders$/, /"object":"order_figures"/),
  prints(/^curl \S+\/readyz$/, /"status":"ready"/),
  prints(/^curl \S+\/metrics$/, /^orders_compensations\{/m),
];

const webhookRules = (stack: DocumentedStack): readonly Rule[] => [
  prints(/^curl '\S+\/v1\/events\?limit=\d'$/, /"specversion":"1\.0"/),
  { command: /^curl -sN \S+\/ord_…\/events$/, check: stack.streamsEvents },
  prints(/^curl \S+\/v1\/webhook-endpoints -H .*"url"/, /"secret":"whsec_/),
  prints(/^curl \S+\/v1\/webhook-endpoints$/, /"object":"webhook_endpoint"/),
  prints(/^curl \S+\/whe_… -H .*"enabled"/, /"state":"enabled"/),
  prints(/^curl -X POST \S+\/whe_…\/rotate-secret$/, /"secret":"whsec_/),
  prints(/^curl \S+\/whe_…\/deliveries$/, /"object":"webhook_delivery"/, {
    before: stack.placeOrder,
  }),
  prints(/^curl -X POST \S+\/whd_…\/resend$/, /"state":"waiting"/),
  prints(/^printf .* openssl dgst /, /^g0hM9SsE\+OTPJTGt/),
  { command: /^curl \S+\/v1\/dead-letters\/dlt_…\/discard /, check: isDiscardRequest },
];

const temporalRules = (stack: DocumentedStack): readonly Rule[] => [
  prints(/^temporal schedule trigger .*--schedule-id reconciliation$/, /sent/),
  prints(/^temporal schedule describe .*--schedule-id reconciliation$/, /reconcile/),
  prints(/^temporal workflow query .* --type status$/, /"status":"\w+"/),
  prints(/^temporal workflow query .* --type timeline$/, /"type":"order\.placed"/),
  prints(/^temporal workflow describe .* -w ord_…$/, /Type +order/),
  prints(
    /^temporal workflow show .* --output json$/,
    /"buildId": "\d+\.\d+\.\d+-\w+"[^]*"workerDeploymentName": "durable-orders"/,
  ),
  prints(/^temporal workflow show .* ord_…$/, /WorkflowExecutionStarted/),
  prints(/^temporal workflow count .*TemporalChangeVersion/, /Total: \d/),
  prints(/^temporal workflow list .*'NeedsAttention=true'$/, /^$/),
  prints(/^temporal workflow list .*TemporalReportedProblems IS NOT NULL"$/, /^$/),
  prints(/^temporal workflow reset .* --type FirstWorkflowTask /, /^Resetting workflow ord_/, {
    before: stack.authorizeOrder,
    after: stack.cancelOrder,
  }),
  prints(/^temporal workflow list .*'OrderStatus="cancelled"'$/, /order +\d/),
  prints(/^temporal workflow signal .* --name cancel$/, /succeeded/, { after: stack.isCancelled }),
  prints(/^temporal workflow update execute .* --name cancelOrder /, /\bcancelled\b/),
  prints(/^temporal workflow cancel /, /Canceled/, { after: stack.isCancelled }),
];

/** `ord_o…` is the newest orchestrated order, `ord_c…` the newest choreographed one. */
const choreographyRules = (stack: DocumentedStack): readonly Rule[] => [
  prints(
    /^curl .*\/v1\/orders -H .* -d @docs\/examples\/choreographed-order\.json$/,
    /"coordination":"choreographed"/,
  ),
  // Both columns end with a delivered order.
  prints(
    /^pr -mt -w 60 <\(.*ord_o….*\) <\(.*ord_c….*\)$/,
    /^(?=[^]*^order\.delivered\b)(?=[^]*[ \t]order\.delivered$)/m,
  ),
  prints(/^kill -9 .*status\.json'\)\.services\.pid/, /^$/, {
    after: () => stack.isRestarted('services'),
  }),
  prints(/^curl '\S+\/control\/ledger\?order_id=ord_c…'$/, /"kind":"authorize"/, {
    after: () => stack.ledgerAgrees('c'),
  }),
  // The page has taken the payment provider down by then.
  prints(/^curl \S+\/v1\/orders\/ord_[oc]…$/, /"stage":"authorize_payment"/),
  prints(/^temporal workflow describe .* -w ord_o…$/, /Type +authorizePayment[^]*LastFailure/),
  prints(/^curl \S+\/v1\/orders\/ord_c…\/timeline$/, /"inventory\.reserved"/),
  prints(
    /^curl \S+\/metrics \| grep /,
    /^orders_consumer_parked_events\{consumer="payment:\d",state="retrying"\} 1$/m,
  ),
];
