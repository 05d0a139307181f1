/** One mail as its reader sees it, before it becomes plain text and HTML. */
interface ComposedMail {
  readonly subject: string;
  readonly headline: string;
  readonly greeting: string;
  readonly blocks: readonly Block[];
  /** What it is about and who writes, at the end. */
  readonly footer: readonly string[];
}

/** A text is a paragraph. */
export type Block =
  | string
  | { readonly kind: 'goods'; readonly goods: readonly Goods[]; readonly sums: readonly Detail[] }
  | { readonly kind: 'details'; readonly details: readonly Detail[] }
  /** Something to be read out or typed in, in large figures. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'link'; readonly label: string; readonly url: string };

interface Goods {
  readonly quantity: number;
  readonly title: string;
  readonly sku: string;
  /** What stands at the end of the line: a price, or how many there are. */
  readonly note?: string;
}

export interface Detail {
  readonly label: string;
  readonly value: string;
}

export const rendered = (mail: ComposedMail) => ({
  subject: mail.subject,
  text: textOf(mail),
  html: htmlOf(mail),
});

/** The mail as plain text; it says all that the HTML says. */
const textOf = ({ greeting, blocks, footer }: ComposedMail): string =>
  [greeting, ...blocks.map(blockText), ['-- ', ...footer].join('\n'), ''].join('\n\n').trimEnd() +
  '\n';

function blockText(block: Block): string {
  if (typeof block === 'string') return block;
  switch (block.kind) {
    case 'goods':
      return [...block.goods.map(goodsText), ...block.sums.map(detailText)].join('\n');
    case 'details':
      return block.details.map(detailText).join('\n');
    case 'code':
      return `    ${block.code}`;
    case 'link':
      return `${block.label}:\n${block.url}`;
  }
}

const goodsText = ({ quantity, title, sku, note }: Goods): string =>
  `- ${quantity} x ${title} (${sku})${note === undefined ? '' : `: ${note}`}`;

const detailText = ({ label, value }: Detail): string => `${label}: ${value}`;

const ink = '#1d2430';
const quiet = '#5d6675';
const rule = '#e3e6eb';
const accent = '#1f5c57';
const font = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/**
 * The mail as HTML that mail programs show alike: tables, inline styles, no images, one column as
 * wide as a phone or 560 px.
 */
const htmlOf = (mail: ComposedMail): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light"><title>${escapeHtml(mail.subject)}</title></head>
<body style="margin:0;padding:0;background:#f3f4f6;color:${ink};font:16px/1.5 ${font}">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(previewOf(mail))}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>
<td align="center" style="padding:16px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border:1px solid ${rule};border-radius:10px"><tr>
<td style="padding:28px 24px 8px;text-align:left">
<h1 style="margin:0 0 20px;font-size:22px;line-height:1.3;font-weight:650">${escapeHtml(mail.headline)}</h1>
${paragraph(mail.greeting)}
${mail.blocks.map(blockHtml).join('\n')}
</td></tr></table>
${footerHtml(mail.footer)}
</td></tr></table></body></html>
`;

/** What a list of mails shows behind the subject. */
const previewOf = ({ blocks, headline }: ComposedMail): string =>
  blocks.find((block) => typeof block === 'string') ?? headline;

function blockHtml(block: Block): string {
  if (typeof block === 'string') return paragraph(block);
  switch (block.kind) {
    case 'goods':
      return table([...block.goods.map(goodsRow), ...block.sums.map(sumRow)]);
    case 'details':
      return table(block.details.map(detailRow));
    case 'code':
      return `<p style="margin:0 0 20px;padding:16px;background:#eef4f3;border-radius:8px;text-align:center;font:600 30px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px">${escapeHtml(block.code)}</p>`;
    case 'link':
      return button(block.label, block.url);
  }
}

const paragraph = (text: string): string => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`;

const table = (rows: readonly string[]): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 20px;border-bottom:1px solid ${rule}">${rows.join('')}</table>`;

const cell = `padding:9px 0;border-top:1px solid ${rule};vertical-align:top`;
const rightCell = `${cell};padding-left:16px;text-align:right`;

const goodsRow = ({ quantity, title, sku, note }: Goods): string =>
  `<tr><td style="${cell}">${quantity} × ${escapeHtml(title)}<br><span style="font-size:13px;color:${quiet}">${escapeHtml(sku)}</span></td>` +
  `<td style="${rightCell};white-space:nowrap">${escapeHtml(note ?? '')}</td></tr>`;

const sumRow = ({ label, value }: Detail, index: number, all: readonly Detail[]): string => {
  const weight = index === all.length - 1 ? ';font-weight:650' : '';
  return (
    `<tr><td style="${cell}${weight}">${escapeHtml(label)}</td>` +
    `<td style="${rightCell};white-space:nowrap${weight}">${escapeHtml(value)}</td></tr>`
  );
};

const detailRow = ({ label, value }: Detail): string =>
  `<tr><td style="${cell};color:${quiet};white-space:nowrap">${escapeHtml(label)}</td>` +
  `<td style="${rightCell};overflow-wrap:anywhere">${escapeHtml(value)}</td></tr>`;

const button = (label: string, url: string): string =>
  `<p style="margin:0 0 24px"><a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 20px;background:${accent};border-radius:8px;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(label)}</a></p>`;

const footerHtml = (lines: readonly string[]): string =>
  `<p style="margin:16px 16px 24px;font-size:13px;line-height:1.5;color:${quiet};overflow-wrap:anywhere">${lines.map(escapeHtml).join('<br>')}</p>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
