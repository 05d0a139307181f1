import { sql } from 'kysely';
import { openDatabase, type Database } from './database.js';

const sellers = [
  { id: 'sel_leaf', name: 'Leaf & Kettle', email: 'warehouse@leaf-and-kettle.example' },
  { id: 'sel_clay', name: 'Clay Works', email: 'orders@clay-works.example' },
];

const products = [
  { sku: 'TEA-100', title: 'Green tea, 100 g', weight_grams: 120, seller_id: 'sel_leaf' },
  { sku: 'TEA-500', title: 'Green tea, 500 g', weight_grams: 540, seller_id: 'sel_leaf' },
  { sku: 'MUG-200', title: 'Mug, 200 ml', weight_grams: 310, seller_id: 'sel_clay' },
  { sku: 'POT-900', title: 'Teapot, 900 ml', weight_grams: 850, seller_id: 'sel_clay' },
];

const priceTable: readonly (readonly [sku: string, eurMinor: number, usdMinor: number])[] = [
  ['TEA-100', 890, 990],
  ['TEA-500', 3490, 3890],
  ['MUG-200', 1450, 1590],
  ['POT-900', 4200, 4690],
];

const partners = [
  { id: 'dp_city', name: 'City Couriers', countries: ['DE', 'AT'] },
  { id: 'dp_canal', name: 'Canal Bikes', countries: ['NL', 'BE'] },
];

/** The example shop: two sellers, four products, stock enough to try things. Safe to call again. */
export async function seedCatalogue(databaseUrl: string, stockPerSku = 1_000_000): Promise<void> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 });
  try {
    await insertCatalogue(database);
    for (const { sku } of products) await stockOnce(database, sku, stockPerSku);
  } finally {
    await database.destroy();
  }
}

const prices = priceTable.flatMap(([sku, eurMinor, usdMinor]) => [
  { sku, currency: 'EUR' as const, unit_price_minor: eurMinor },
  { sku, currency: 'USD' as const, unit_price_minor: usdMinor },
]);

async function insertCatalogue(database: Database): Promise<void> {
  const inserts = [
    database.insertInto('orders.sellers').values(sellers),
    database.insertInto('orders.products').values(products),
    database.insertInto('orders.prices').values(prices),
    database.insertInto('orders.delivery_partners').values(partners),
  ];
  for (const insert of inserts) {
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  }
}

const stockOnce = (database: Database, sku: string, quantity: number) =>
  sql`select inventory.receive(${sku}, ${quantity})
      where not exists (select from inventory.items where sku = ${sku})`.execute(database);
