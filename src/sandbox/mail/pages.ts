import type { HeldMail } from './mails.js';

const refreshSeconds = 5;

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --quiet: #757575; --mark: #2563eb }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem; font: 16px/1.5 system-ui, sans-serif }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; overflow-wrap: anywhere }
p.quiet, .quiet { color: var(--quiet) }
a { color: inherit; text-decoration: none }
ul { list-style: none; margin: 1.25rem 0; padding: 0; border: 1px solid var(--line); border-radius: .75rem; overflow: hidden }
li + li { border-top: 1px solid var(--line) }
li a { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; padding: .8rem 1rem }
li a:hover, li a:focus-visible { background: var(--soft) }
li span { overflow-wrap: anywhere } li span:nth-child(even) { text-align: right }
.tag { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .55rem; font-size: .8rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0 }
dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem }
iframe { width: 100%; height: 45vh; border: 1px solid var(--line); border-radius: .75rem; background: #fff }
@media (max-width: 34rem) { li a { grid-template-columns: 1fr } li span:nth-child(even) { text-align: left } }
.back { color: var(--mark) }
`;

/** Allows inline style and nothing from outside; a mail shown in a frame inherits it. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'";

/** The list of mails, newest first; it loads itself again every few seconds. */
export function inboxPage(mails: readonly HeldMail[]): string {
  const list = mails.length === 0 ? '<p>No mail yet.</p>' : `<ul>${mails.map(item).join('')}</ul>`;
  return page(
    'Inbox',
    `<h1>Inbox</h1><p class="quiet">Mails and text messages of the sandbox, newest first.</p>${list}`,
    `<meta http-equiv="refresh" content="${refreshSeconds}">`,
  );
}

/** One mail with all its parts; its HTML runs no script and loads nothing. */
export function mailPage(mail: HeldMail): string {
  const fields: readonly (readonly [string, string | null])[] = [
    ['From', mail.from],
    ['To', mail.to],
    ['Received', mail.receivedAt],
    ['Order', mail.orderId],
    ['Template', mail.template],
    ['Channel', mail.channel],
    ['Message-ID', mail.messageId],
    ['Duplicates', String(mail.duplicates)],
  ];
  const rows = fields.map(([name, value]) =>
    value === null ? '' : `<dt>${name}</dt><dd>${escape(value)}</dd>`,
  );
  const title = titleOf(mail);
  return page(
    title,
    `<p><a class="back" href="/inbox">← Inbox</a></p><h1>${escape(title)}</h1><dl>${rows.join('')}</dl>
${htmlPart(mail.html)}${textPart(mail.text)}`,
  );
}

/** A text message has no subject, and is short enough to stand for itself. */
function titleOf({ subject, channel, text }: HeldMail): string {
  if (subject !== '') return subject;
  return channel === 'sms' && text !== null ? text : '(no subject)';
}

const htmlPart = (html: string | null): string =>
  html === null
    ? ''
    : `<h2 class="quiet">HTML</h2><iframe sandbox title="HTML part" srcdoc="${escape(html)}"></iframe>`;

const textPart = (text: string | null): string =>
  text === null ? '' : `<h2 class="quiet">Text</h2><pre>${escape(text)}</pre>`;

const item = (mail: HeldMail): string => `
<li><a href="/inbox/${encodeURIComponent(mail.id)}">
<span><strong>${escape(titleOf(mail))}</strong></span>
<span class="quiet"><time datetime="${mail.receivedAt}">${mail.receivedAt.slice(11, 19)} UTC</time></span>
<span class="quiet">${escape(mail.to)}${mail.orderId === null ? '' : ` · ${escape(mail.orderId)}`}</span>
<span>${mail.template === null ? '' : `<span class="tag">${escape(mail.template)}</span>`}</span>
</a></li>`;

const page = (title: string, body: string, head = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>${escape(title)} · Sandbox</title><style>${style}</style></head>
<body><main>${body}</main></body></html>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
