import { Goods } from '../../domain/goods.js';
import { Shipments } from '../../domain/shipments.js';
import { Attention } from '../kit/attention.js';
import { Background } from '../kit/background.js';
import { Deadlines } from '../kit/deadlines.js';
import { OrderRecorder } from '../kit/recorder.js';
import { Saga } from '../kit/saga.js';
import type { OrderInput } from '../messages.js';
import { Cancellation } from './cancellation.js';
import { CodeVerification } from './code-verification.js';
import { partnerAnswers } from './delivery-partner.js';
import { OrderInbox } from './inbox.js';
import { Payment } from './payment.js';

/** All that one order carries with it, complete from its first moment on. */
export interface OrderContext {
  readonly input: OrderInput;
  /** Its state and timeline, and the one way to change them. */
  readonly recorder: OrderRecorder;
  readonly deadlines: Deadlines;
  readonly attention: Attention;
  readonly saga: Saga;
  /** What is done beside the main line. */
  readonly background: Background;
  readonly goods: Goods;
  readonly payment: Payment;
  readonly shipments: Shipments;
  /** What people and providers have said, for whoever waits for it. */
  readonly inbox: OrderInbox;
  readonly code: CodeVerification;
  /** What delivery partners said, by the offer. */
  readonly partnerAnswers: ReturnType<typeof partnerAnswers>;
  readonly cancellation: Cancellation;
}

/** Registers every handler, so call it before the first await. */
export function openOrder(input: OrderInput): OrderContext {
  const recorder = new OrderRecorder(input);
  const deadlines = new Deadlines();
  const attention = new Attention(recorder);
  const goods = new Goods(input);
  const shipments = new Shipments(input);
  const inbox = new OrderInbox(recorder, shipments, goods);
  return {
    input,
    recorder,
    deadlines,
    attention,
    saga: new Saga(recorder, attention, deadlines),
    background: new Background(recorder, attention),
    goods,
    payment: new Payment(),
    shipments,
    inbox,
    code: new CodeVerification(recorder, inbox),
    partnerAnswers: partnerAnswers(),
    cancellation: new Cancellation(recorder, shipments),
  };
}
