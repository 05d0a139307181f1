import { setHandler } from '@temporalio/workflow';
import { partnerAnswerSignal, type PartnerAnswer } from './messages.js';

export type PartnerAnswers = ReadonlyMap<string, PartnerAnswer['answer']>;

/** What delivery partners said to offers; the first answer to an offer counts. */
export function partnerAnswers(): PartnerAnswers {
  const answers = new Map<string, PartnerAnswer['answer']>();
  setHandler(partnerAnswerSignal, ({ offerId, answer }) => {
    if (!answers.has(offerId)) answers.set(offerId, answer);
  });
  return answers;
}
