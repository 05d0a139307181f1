import { order as deprecated } from './deprecated.js';
import { order as guarded } from './guarded.js';
import { order as unguarded } from './unguarded.js';

/** Set in front of the bundle's code: one bundle for all three, as bundling takes seconds. */
declare const deployment: keyof typeof deployments;

const deployments = { unguarded, guarded, deprecated };

export const order = deployments[deployment];
