/** The demo market: five small sellers, two currencies. Loaded by the seed only; nothing in the product reads this file. */

export interface DemoSeller {
  readonly id: string;
  readonly displayName: string;
  readonly tagline: string;
  /** Platform commission in basis points of the gross amount. */
  readonly commissionBps: number;
}

export interface DemoProduct {
  readonly id: string;
  readonly sellerId: string;
  readonly name: string;
  readonly description: string;
  /** Integer minor units of `currency`. */
  readonly priceMinor: bigint;
  readonly currency: 'USD' | 'JPY';
  /** Key of a drawing in components/shop/art. */
  readonly art: string;
  readonly position: number;
}

export const DEMO_SELLERS: readonly DemoSeller[] = [
  { id: 'seller_456', displayName: 'Alder & Ash', tagline: 'Kitchen wood, turned by hand', commissionBps: 250 },
  { id: 'seller_tidewater', displayName: 'Tidewater Wool', tagline: 'Knitted slowly on the coast', commissionBps: 300 },
  {
    id: 'seller_marginalia',
    displayName: 'Marginalia',
    tagline: 'Paper for people who write back',
    commissionBps: 200,
  },
  { id: 'seller_hoshi', displayName: 'Hoshi Ceramics', tagline: 'Small kiln, large patience', commissionBps: 250 },
  { id: 'seller_kumo', displayName: 'Kumo Tea', tagline: 'Single gardens, first flush', commissionBps: 275 },
];

const products: readonly Omit<DemoProduct, 'position'>[] = [
  {
    id: 'prod_walnut_bowl',
    sellerId: 'seller_456',
    name: 'Walnut bowl',
    description: 'One piece of black walnut, oiled, 22 cm across.',
    priceMinor: 2999n,
    currency: 'USD',
    art: 'bowl',
  },
  {
    id: 'prod_bread_board',
    sellerId: 'seller_456',
    name: 'Bread board',
    description: 'End-grain ash that is kind to knives.',
    priceMinor: 4800n,
    currency: 'USD',
    art: 'board',
  },
  {
    id: 'prod_spoon_pair',
    sellerId: 'seller_456',
    name: 'Pair of spoons',
    description: 'Cherry wood, one to stir and one to taste.',
    priceMinor: 1850n,
    currency: 'USD',
    art: 'spoons',
  },
  {
    id: 'prod_harbour_blanket',
    sellerId: 'seller_tidewater',
    name: 'Harbour blanket',
    description: 'Undyed lambswool, 130 × 180 cm.',
    priceMinor: 14900n,
    currency: 'USD',
    art: 'blanket',
  },
  {
    id: 'prod_watch_cap',
    sellerId: 'seller_tidewater',
    name: 'Watch cap',
    description: 'Tight rib, keeps out an honest wind.',
    priceMinor: 3600n,
    currency: 'USD',
    art: 'cap',
  },
  {
    id: 'prod_ledger_notebook',
    sellerId: 'seller_marginalia',
    name: 'Ledger notebook',
    description: 'Two columns a page, and they do add up.',
    priceMinor: 2200n,
    currency: 'USD',
    art: 'notebook',
  },
  {
    id: 'prod_tide_print',
    sellerId: 'seller_marginalia',
    name: 'Tide print',
    description: 'Two-colour letterpress, 30 × 40 cm.',
    priceMinor: 5500n,
    currency: 'USD',
    art: 'print',
  },
  {
    id: 'prod_postcards',
    sellerId: 'seller_marginalia',
    name: 'Twelve postcards',
    description: 'Thick cotton stock, nothing printed on the back.',
    priceMinor: 999n,
    currency: 'USD',
    art: 'postcards',
  },
  {
    id: 'prod_ash_cup',
    sellerId: 'seller_hoshi',
    name: 'Ash-glaze cup',
    description: 'Holds 180 ml and the warmth of two hands.',
    priceMinor: 3200n,
    currency: 'JPY',
    art: 'cup',
  },
  {
    id: 'prod_moon_vase',
    sellerId: 'seller_hoshi',
    name: 'Moon vase',
    description: 'White porcelain, thrown in two halves.',
    priceMinor: 12800n,
    currency: 'JPY',
    art: 'vase',
  },
  {
    id: 'prod_sencha',
    sellerId: 'seller_kumo',
    name: 'Sencha, 80 g',
    description: 'Picked in May in the hills above Uji.',
    priceMinor: 1800n,
    currency: 'JPY',
    art: 'tin',
  },
  {
    id: 'prod_kyusu',
    sellerId: 'seller_kumo',
    name: 'Side-handle pot',
    description: 'Red clay kyusu with a fine strainer.',
    priceMinor: 6400n,
    currency: 'JPY',
    art: 'pot',
  },
];

export const DEMO_PRODUCTS: readonly DemoProduct[] = products.map((product, position) => ({ ...product, position }));
