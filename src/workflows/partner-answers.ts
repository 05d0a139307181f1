import { setHandler } from '@temporalio/workflow';
import { whenLegible } from './legible.js';
import { partnerAnswerSignal, type PartnerAnswer } from './messages.js';

export type PartnerAnswers = ReadonlyMap<string, PartnerAnswer['answer']>;

/** What delivery partners said to offers; the first answer to an offer counts. */
export function partnerAnswers(): PartnerAnswers {
  const answers = new Map<string, PartnerAnswer['answer']>();
  setHandler(
    partnerAnswerSignal,
    whenLegible<PartnerAnswer>(['offerId', 'answer'], ({ offerId, answer }) => {
      if (!answers.has(offerId)) answers.set(offerId, answer);
    }),
  );
  return answers;
}
