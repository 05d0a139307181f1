import { typeid } from 'typeid-js';

/** A TypeID of ours, such as `ord_…`: sortable by the time at which it was made. */
export const newId = <Prefix extends string>(prefix: Prefix) => typeid(prefix).toString();
