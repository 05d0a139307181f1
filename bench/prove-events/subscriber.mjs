/**
 * A subscriber's system, in a process that may be killed: it writes down what comes,
 * waits for the disk, and only then answers. Arguments: file, port, secret, longest wait in
 * milliseconds, share of messages that it refuses.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const [file, port, secret, longestMs, refusedShare] = process.argv.slice(2);
const signature = new Webhook(secret);
const book = openSync(file, 'a');
// What a kill tore off stays a line of its own.
writeSync(book, '\n');

let waiting = [];
let isWriting = false;

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const status = Math.random() < Number(refusedShare) ? 500 : 204;
    const body = Buffer.concat(chunks).toString('utf8');
    waiting.push({ line: lineOf(request.headers, body, status), response, status });
    if (!isWriting) setImmediate(writeAll);
    isWriting = true;
  });
}).listen(Number(port), '127.0.0.1', () => process.send?.({ type: 'ready' }));

process.once('disconnect', () => {
  closeSync(book);
  process.exit(0);
});

/** Several messages share one wait for the disk. */
function writeAll() {
  const batch = waiting;
  waiting = [];
  isWriting = false;
  writeSync(book, batch.map(({ line }) => line).join(''));
  fsyncSync(book);
  for (const { response, status } of batch) {
    setTimeout(() => response.writeHead(status).end(), Math.random() * Number(longestMs));
  }
}

function lineOf(headers, body, status) {
  const { data, type } = JSON.parse(body);
  const id = headers['webhook-id'];
  const isValid = isSigned(headers, body) && id === data.event_id;
  return `${JSON.stringify({ id, type, status, isValid })}\n`;
}

function isSigned(headers, body) {
  try {
    signature.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
