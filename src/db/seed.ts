import { execute, insertMissingRows, openDatabase, type Database } from './database.js';

const sellers = [
  { id: 'sel_leaf', name: 'Leaf & Kettle', email: 'warehouse@leaf-and-kettle.example' },
  { id: 'sel_clay', name: 'Clay Works', email: 'orders@clay-works.example' },
];

/** Is sold and never in stock, so that shortages can be tried. */
const soldOutSku = 'CUP-080';

const products = [
  { sku: 'TEA-100', title: 'Green tea, 100 g', weight_grams: 120, seller_id: 'sel_leaf' },
  { sku: 'TEA-500', title: 'Green tea, 500 g', weight_grams: 540, seller_id: 'sel_leaf' },
  { sku: 'MUG-200', title: 'Mug, 200 ml', weight_grams: 310, seller_id: 'sel_clay' },
  { sku: 'POT-900', title: 'Teapot, 900 ml', weight_grams: 850, seller_id: 'sel_clay' },
  { sku: 'JAR-300', title: 'Tea jar, 300 ml', weight_grams: 410, seller_id: 'sel_clay' },
  { sku: soldOutSku, title: 'Tasting cup, 80 ml', weight_grams: 90, seller_id: 'sel_clay' },
];

const priceTable: readonly (readonly [sku: string, eurMinor: number, usdMinor: number])[] = [
  ['TEA-100', 890, 990],
  ['TEA-500', 3490, 3890],
  ['MUG-200', 1450, 1590],
  ['POT-900', 4200, 4690],
  ['JAR-300', 1900, 2090],
  [soldOutSku, 500, 560],
];

/** The first warehouse, `wh_hamburg`, comes with the schema. */
const warehouses = [
  {
    id: 'wh_rotterdam',
    name: 'Warehouse',
    line1: '12 Quay Road',
    city: 'Rotterdam',
    postal_code: '3011 AA',
    country: 'NL',
    priority: 2,
  },
];

const warehouseOf = (sku: string): string => (sku === 'JAR-300' ? 'wh_rotterdam' : 'wh_hamburg');

const partners = [
  { id: 'dp_city', name: 'City Couriers', countries: ['DE', 'AT'] },
  { id: 'dp_canal', name: 'Canal Bikes', countries: ['NL', 'BE'] },
];

const byHand = { countries: ['DE'], postal_prefixes: ['20'], capacity: 50, answers: 'by_hand' };
const partnersByHand = [
  { ...byHand, id: 'dp_harbor', name: 'Harbor Riders', email: 'desk@harbor-riders.example' },
  { ...byHand, id: 'dp_north', name: 'North Wheels', email: 'offers@north-wheels.example' },
];

/** Parcels to countries that are not listed cost nothing to send, and contain no tax. */
const countries = [
  { code: 'DE', taxBasisPoints: 1900, shippingEurMinor: 0, shippingUsdMinor: 0 },
  { code: 'AT', taxBasisPoints: 2000, shippingEurMinor: 0, shippingUsdMinor: 0 },
  { code: 'NL', taxBasisPoints: 2100, shippingEurMinor: 0, shippingUsdMinor: 0 },
  { code: 'BE', taxBasisPoints: 2100, shippingEurMinor: 0, shippingUsdMinor: 0 },
  { code: 'FR', taxBasisPoints: 2000, shippingEurMinor: 590, shippingUsdMinor: 650 },
  { code: 'NO', taxBasisPoints: 2500, shippingEurMinor: 1290, shippingUsdMinor: 1420 },
];

const discounts = [{ code: 'WELCOME10', basis_points: 1_000 }];

/** The example shop: two sellers, six products in two warehouses, stock enough to try things. Safe to call again. */
export async function seedCatalogue(databaseUrl: string, stockPerSku = 1_000_000): Promise<void> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 });
  try {
    for (const [table, rows] of catalogue) await insertMissingRows(database, table, rows);
    const stocked = products.filter(({ sku }) => sku !== soldOutSku);
    for (const { sku } of stocked) await stockOnce(database, sku, stockPerSku);
  } finally {
    await database.destroy();
  }
}

const prices = priceTable.flatMap(([sku, eurMinor, usdMinor]) => [
  { sku, currency: 'EUR', unit_price_minor: eurMinor },
  { sku, currency: 'USD', unit_price_minor: usdMinor },
]);

const shippingRates = countries.flatMap(({ code, shippingEurMinor, shippingUsdMinor }) => [
  { country: code, currency: 'EUR', amount_minor: shippingEurMinor },
  { country: code, currency: 'USD', amount_minor: shippingUsdMinor },
]);

const taxRates = countries.map(({ code, taxBasisPoints }) => ({
  country: code,
  basis_points: taxBasisPoints,
}));

/** In the order of their foreign keys. */
const catalogue = [
  ['orders.sellers', sellers],
  ['orders.products', products],
  ['orders.prices', prices],
  ['orders.shipping_rates', shippingRates],
  ['orders.tax_rates', taxRates],
  ['orders.discounts', discounts],
  ['inventory.warehouses', warehouses],
  ['orders.delivery_partners', partners],
  ['orders.delivery_partners', partnersByHand],
] as const;

const stockOnce = (database: Database, sku: string, quantity: number) =>
  execute(database)`select inventory.book('receipt', ${sku}, ${warehouseOf(sku)}, ${quantity}, null)
      where not exists (select from inventory.items where sku = ${sku})`;
