import { cancellingExamples, choreographedExamples } from './cancelling.js';
import { deliveryExamples } from './delivery.js';
import type { Example } from './player/example.js';
import { paymentExamples } from './payment.js';
import { returningExamples } from './returning.js';
import { shippingExamples } from './shipping.js';
import { stockExamples } from './stock.js';
import { verificationExamples } from './verification.js';

/** Every path that can be played, in groups. */
export const exampleGroups: readonly {
  readonly title: string;
  readonly examples: readonly Example[];
}[] = [
  { title: 'From the shelf to the customer', examples: deliveryExamples },
  { title: 'Before any money moves', examples: verificationExamples },
  { title: 'Goods that are missing', examples: stockExamples },
  { title: 'Money', examples: paymentExamples },
  { title: 'Parcels, addresses and partners', examples: shippingExamples },
  { title: 'Cancelling', examples: cancellingExamples },
  { title: 'Goods that come back', examples: returningExamples },
  { title: 'Without a coordinator', examples: choreographedExamples },
];

export const examples: readonly Example[] = exampleGroups.flatMap((group) => group.examples);
