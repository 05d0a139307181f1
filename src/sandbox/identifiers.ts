import { randomUUID } from 'node:crypto';

/** A new provider id such as `pi_3f…`: 32 hexadecimal digits follow the prefix. */
export const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;
