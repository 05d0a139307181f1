import { runServices } from '../failpoints/failpoints.js';
import { startNaiveServices } from './naive-services.js';

/** THE BAD EXAMPLE: see README.md beside this file. */
await runServices(startNaiveServices);
