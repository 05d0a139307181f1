import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** A server that takes webhooks. What `take` throws makes the message come again. */
export function createSubscriber(secret, take) {
  const webhook = new Webhook(secret);
  return createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    try {
      await take(webhook.verify(body, request.headers));
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  });
}
