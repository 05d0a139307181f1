/** What the worker's workflow bundle registers: each export is a workflow type. */
export { latePayment } from './late-payment.js';
export { order } from './order.js';
export { reconcile } from './reconcile.js';
export { returnGoods } from './return.js';
