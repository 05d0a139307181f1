import { Goods } from '../../domain/goods.js';
import { Shipments } from '../../domain/shipments.js';
import { Attention } from '../kit/attention.js';
import { Background } from '../kit/background.js';
import { Deadlines } from '../kit/deadlines.js';
import { OrderRecorder } from '../kit/recorder.js';
import { Saga } from '../kit/saga.js';
import type { OrderInput } from '../messages.js';
import { Cancellation } from './cancellation.js';
import { CodeVerification } from './verification.js';
import { partnerAnswers } from './delivery-partner.js';
import { OrderInbox } from './inbox.js';
import { Payment } from './payment.js';

/** All that one order carries with it, complete from its first moment on. */
export type OrderContext = ReturnType<typeof openOrder>;

/** Registers every handler, so call it before the first await. */
export function openOrder(input: OrderInput) {
  /** Its state and timeline, and the one way to change them. */
  const recorder = new OrderRecorder(input);
  const deadlines = new Deadlines();
  const attention = new Attention(recorder);
  const goods = new Goods(input);
  const shipments = new Shipments(input);
  /** What people and providers said, until the order needs it. */
  const inbox = new OrderInbox(recorder, shipments, goods);
  return {
    input,
    recorder,
    deadlines,
    attention,
    saga: new Saga(recorder, attention, deadlines),
    /** What is done beside the main line. */
    background: new Background(recorder, attention),
    goods,
    payment: new Payment(),
    shipments,
    inbox,
    code: new CodeVerification(recorder, inbox),
    /** What delivery partners said, by the offer. */
    partnerAnswers: partnerAnswers(),
    cancellation: new Cancellation(recorder, shipments),
  };
}
