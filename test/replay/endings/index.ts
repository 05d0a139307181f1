import { cancels } from './cancels.js';
import type { Endings } from './ending.js';
import { parcels } from './parcels.js';
import { thinLine } from './thin-line.js';
import { waits } from './waits.js';

export { returnEndings } from './returns.js';

/** Every ending of an order, by the name of its recorded history. */
export const endings: Endings = { ...thinLine, ...cancels, ...waits, ...parcels };
