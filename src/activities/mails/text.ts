import type { Block, Detail, Goods, ComposedMail } from './content.js';

/** The mail as plain text; it says all that the HTML says. */
export const textOf = ({ greeting, blocks, footer }: ComposedMail): string =>
  [greeting, ...blocks.map(blockText), ['-- ', ...footer].join('\n'), ''].join('\n\n').trimEnd() +
  '\n';

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return block.text;
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
