/** What the worker's workflow bundle registers: each export is a workflow type. */
export { order } from './order.js';
