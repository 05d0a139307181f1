import type { CodeAnswer } from '../workflows/messages.js';
import { problem } from './problem.js';
import { content, type Reply } from './reply.js';
import type { Answered } from './steer-order.js';

/** What became of a one-time code, or of the wish for another one. */
export function codeReply({ order, result }: Answered<CodeAnswer>): Reply {
  switch (result.kind) {
    case 'verified':
    case 'sent':
      return content(200, { result: result.kind }, { orderId: order.id });
    case 'wrong':
      return problem('code_wrong', { members: { tries_left: result.triesLeft } });
    case 'expired':
      return problem('code_expired', { detail: 'Ask for another one with {"resend":true}.' });
    case 'exhausted':
      return problem('code_exhausted', { detail: 'Ask for another one with {"resend":true}.' });
    case 'no_more_codes':
      return problem('no_more_codes');
  }
}
